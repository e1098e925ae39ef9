"""The Content-Security-Policy of what has none of its own."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ContentPolicy(CSPMiddleware):
    """django-csp writes the whole policy anew before it sees that an answer brought its own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if HEADER in response.headers:
            return response
        answer: HttpResponseBase = super().process_response(request, response)
        return answer
