"""/settings/account: one's own login."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.access.models import Login, SecondFactor, User
from vitrine.console.settings.words import ROLES


@require_safe
@never_cache
@guarded
def start(request: HttpRequest) -> HttpResponse:
    return redirect("settings-account")


@require_safe
@never_cache
@guarded
def account(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, User), "the guard let them in"
    factor = SecondFactor.objects.filter(person=person).exclude(confirmed_at=None).first()
    shown = {
        "role_words": ROLES[person.role],
        "factor": factor,
        "codes_left": len(factor.recovery) if factor else 0,
        "tokens": Login.objects.filter(person=person).count(),
        "languages": settings.LANGUAGES,
    }
    return render(request, "console/settings/account.html", shown)
