"""/settings/keys: programs' ways in."""

from datetime import datetime, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.access.models import ApiKey
from vitrine.console.settings.words import SCOPES

_AT_ONCE = 50
_LIVES: tuple[tuple[int, Promise], ...] = (
    (30, _("30 days")),
    (90, _("90 days")),
    (365, _("1 year")),
    (5 * 365, _("5 years")),
)


@require_safe
@never_cache
@guarded
def keys(request: HttpRequest) -> HttpResponse:
    found = ApiKey.objects.select_related("created_by").order_by("-created_at", "-pk")
    page = Paginator(found, _AT_ONCE).get_page(request.GET.get("page"))
    now = timezone.now()
    shown = {"keys": page, "page": page, "now": now, "ends": ends_after(now), "scopes": SCOPES.items()}
    return render(request, "console/settings/keys.html", shown)


def ends_after(now: datetime) -> list[tuple[str, Promise]]:
    return [((now + timedelta(days=days)).isoformat(timespec="seconds"), words) for days, words in _LIVES]
