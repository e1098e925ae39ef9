"""/logout: the console's session ends, and the audit log knows of it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from vitrine.access.login import farewell


@require_POST
@never_cache
def log_out(request: HttpRequest) -> HttpResponse:
    farewell(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
