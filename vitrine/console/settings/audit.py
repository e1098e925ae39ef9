"""/settings/audit: who did what. /settings/audit/export: the same to take away."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.audit import AuditEntry, found_by, told
from vitrine.access.guard import guarded
from vitrine.access.models import User
from vitrine.catalog.models import Product
from vitrine.console.settings.slices import Slice
from vitrine.console.settings.words import ACTIONS, AREAS
from vitrine.outreach.models import Endpoint
from vitrine.processing.models import Campaign

_COLUMNS = ("at", "action", "name", "actor_id", "key_prefix", "target", "address", "details", "id")
_AT_ONCE = 1_000
_MOST_PEOPLE = 500


class Asked(forms.Form):
    """What of the log is wanted. Days are UTC's; what cannot be read is left out."""

    action = forms.CharField(max_length=48, required=False)
    actor = forms.UUIDField(required=False)
    target = forms.CharField(max_length=64, required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def found(self) -> QuerySet[AuditEntry]:
        self.is_valid()
        told_of = {name: value for name, value in self.cleaned_data.items() if value}
        for name, later in (("since", 0), ("until", 1)):
            if name in told_of:
                day = datetime.combine(told_of[name], datetime.min.time(), timezone.get_current_timezone())
                told_of[name] = day + timedelta(days=later)
        return found_by(**told_of)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words. `path` leads to what it was done to, where that has a page."""

    entry: AuditEntry
    words: str
    path: str
    details: str

    @classmethod
    def each(cls, entries: Iterable[AuditEntry]) -> list[Self]:
        known = list(entries)
        paths = _paths_to(known)
        return [cls.of(entry, paths.get((entry.target_kind, entry.target_id), "")) for entry in known]

    @classmethod
    def of(cls, entry: AuditEntry, path: str) -> Self:
        details = " · ".join(
            f"{name}: {_words(value)}" for name, value in entry.details.items() if value is not None
        )
        return cls(entry, str(ACTIONS.get(entry.action, entry.action)), path, details)


def _paths_to(entries: Iterable[AuditEntry]) -> dict[tuple[str, str], str]:
    """By kind and id, the pages of what something was done to, as far as it is still there."""
    targets = {(entry.target_kind, entry.target_id) for entry in entries}
    pages = {
        "user": (User.objects.all(), "/settings/people/{}"),
        "endpoint": (Endpoint.objects.all(), "/settings/webhooks/{}"),
        "product": (Product.objects.filter(deleted_at=None), "/products/{}"),
        "campaign": (Campaign.objects.all(), "/campaigns/{}"),
    }
    return {
        (kind, str(pk)): path.format(pk)
        for kind, (rows, path) in pages.items()
        for pk in rows.filter(pk__in=[one for of, one in targets if of == kind]).values_list("pk", flat=True)
    }


@require_safe
@never_cache
@guarded
def audit(request: HttpRequest) -> HttpResponse:
    asked = Asked(request.GET)
    page = Slice.of(asked.found(), request.GET.get("cursor", ""), by="at")
    wanted = urlencode(
        {name: str(value) for name, value in request.GET.items() if name in asked.fields and value}
    )
    people = User.objects.order_by(Lower("username"))[:_MOST_PEOPLE]
    shown = {"asked": asked, "page": page, "lines": Line.each(page.rows), "wanted": wanted}
    shown |= {"areas": AREAS.items(), "people": people}
    return render(request, "console/settings/audit.html", shown)


@require_safe
@never_cache
@guarded
def export(request: HttpRequest) -> HttpResponseBase:
    """Oldest first: JSON lines, with which `manage.py audit` can compute the chain again, or `?as=csv` for a sheet."""
    found = Asked(request.GET).found().order_by("at", "id").iterator(chunk_size=_AT_ONCE)
    sheet = request.GET.get("as") == "csv"
    kind, media_type = ("csv", "text/csv; charset=utf-8") if sheet else ("jsonl", "application/x-ndjson")
    lines = _csv(found) if sheet else (json.dumps(told(entry)) + "\n" for entry in found)
    name = f"audit-{timezone.now():%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=media_type, headers=headers)


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def _csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield str(writer.writerow(_COLUMNS))
    for entry in entries:
        shape = told(entry)
        yield str(writer.writerow([_cell(shape[name]) for name in _COLUMNS]))


def _cell(value: Any) -> str:
    """No sheet may take somebody's name for a formula."""
    text = "" if value is None else _plain(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _words(value: Any) -> str:
    return ", ".join(map(_plain, value)) if isinstance(value, list) else _plain(value)
