"""/settings/people: who has a login, and what they may do."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.audit import found_by
from vitrine.access.guard import guarded
from vitrine.access.models import User
from vitrine.console.settings.audit import Line
from vitrine.console.settings.words import ROLE_NAMES, ROLES
from vitrine.privacy import export

_AT_ONCE = 50
_NEWEST = 10


@require_safe
@never_cache
@guarded
def people(request: HttpRequest) -> HttpResponse:
    found = User.objects.select_related("second_factor").order_by("-is_active", Lower("username"), "pk")
    page = Paginator(found, _AT_ONCE).get_page(request.GET.get("page"))
    return render(request, "console/settings/people.html", {"people": page, "page": page, **_roles()})


@require_safe
@never_cache
@guarded
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    shown = get_object_or_404(User.objects.select_related("second_factor"), pk=person_id)
    lines = Line.each(found_by(actor=person_id).order_by("-at", "-id")[:_NEWEST])
    return render(
        request,
        "console/settings/person.html",
        {"person": shown, "lines": lines, "exports": export.those_of(shown)[:1], **_roles()},
    )


def _roles() -> dict[str, Any]:
    return {"roles": [(value, ROLE_NAMES[value], words) for value, words in ROLES.items()]}
