"""In which language the console speaks: the person's choice, else what their browser asks for.

The API answers in English, whoever calls, but to the console's own scripts, whose words people read. Pages for
shoppers have words of their own.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from vitrine.access.models import User


class Languages:
    """Middleware: a view's language is chosen once it is known which view answers, and given back at its end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
            if translation_asked_for(request):
                response.headers.setdefault("Content-Language", translation.get_language() or "")
                patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        ours = view.__module__.startswith("vitrine.console") or _name_of(view) == _SNIPPETS
        if ours or _by_our_script(request, view):
            translation.activate(language_of(request))
            request.META[_ASKED] = True


def language_of(request: HttpRequest) -> str:
    person = getattr(request, "user", None)
    known = dict(settings.LANGUAGES)
    if isinstance(person, User) and person.language in known:
        return person.language
    return translation.get_language_from_request(request)


def translation_asked_for(request: HttpRequest) -> bool:
    return _ASKED in request.META


_ASKED = "vitrine.language"
_SNIPPETS = "vitrine.storefront.pages.snippets"
"""The one page of the storefront that is for staff: the console shows it as a part of its own."""


def _name_of(view: Any) -> str:
    return f"{view.__module__}.{getattr(view, '__name__', '')}"


def _by_our_script(request: HttpRequest, view: Any) -> bool:
    """By the page's session, and not by a token: scripts of the console call so."""
    if "Authorization" in request.headers or not view.__module__.startswith("vitrine.api"):
        return False
    return settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User)
