"""/settings/account: one's own login."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.access.models import Login, SecondFactor, User
from vitrine.console.settings.words import ROLES
from vitrine.privacy import export
from vitrine.privacy.models import State

_EXPORTS = 5


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
    exports = export.those_of(person)[:_EXPORTS]
    shown = {
        "role_words": ROLES[person.role],
        "factor": factor,
        "codes_left": len(factor.recovery) if factor else 0,
        "tokens": Login.objects.filter(person=person).count(),
        "languages": settings.LANGUAGES,
        "exports": exports,
        "newest_ready": next((one for one in exports if one.state == State.READY), None),
    }
    return render(request, "console/settings/account.html", shown)
