"""/login/sso: to the company's login provider and back."""

from dataclasses import asdict

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.addresses import address_of
from vitrine.access.login import welcome
from vitrine.access.single_sign_on import Asked, ask, person_who_came_back
from vitrine.console.passwords import base_of
from vitrine.errors import LoginNeeded, ProviderFailed
from vitrine.wording import worded

_ASKED = "sso_asked"


@require_safe
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        address, asked = ask(f"{base_of(request)}{reverse('sso-back')}")
    except ProviderFailed as error:
        return _refused(request, error)
    request.session[_ASKED] = asdict(asked)
    return HttpResponseRedirect(address)


@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    remembered = request.session.pop(_ASKED, None)
    if not settings.OIDC_ISSUER or remembered is None:
        raise Http404
    try:
        told = {name: request.GET.get(name, "") for name in ("state", "code")}
        person = person_who_came_back(Asked(**remembered), **told)
    except (LoginNeeded, ProviderFailed) as error:
        return _refused(request, error)
    welcome(person, address_of(request))
    login(request, person)
    return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)


def _refused(request: HttpRequest, error: LoginNeeded | ProviderFailed) -> HttpResponse:
    status = 401 if isinstance(error, LoginNeeded) else 503
    said = {"title": gettext(error.title), "detail": worded(error.detail)}
    return render(request, "vitrine/error.html", said, status=status)
