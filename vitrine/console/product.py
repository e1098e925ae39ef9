"""/products/{id}: one product for those who keep it: what it is, what was made of it, and everything to change it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.caller import Caller
from vitrine.access.guard import guarded
from vitrine.access.models import User
from vitrine.access.roles import Action
from vitrine.catalog import queries
from vitrine.catalog.files import url_to_read
from vitrine.catalog.models import AssetVersion, Product
from vitrine.catalog.reports import report_of
from vitrine.console.cards import STEP_WORDS, Card, newest_jobs
from vitrine.console.passwords import base_of
from vitrine.console.product_activity import Deed, deeds_of, jobs_of
from vitrine.console.product_report import Account
from vitrine.console.product_size import Drawing
from vitrine.console.product_versions import Row, rows_of
from vitrine.pipeline.formats import extensions
from vitrine.pipeline.placement import Placement
from vitrine.pipeline.scale import claim_of
from vitrine.pipeline.work import Format, Kind
from vitrine.processing.models import Job

OWN_KEYS = ("hotspots", "view", "colourways", "dimensions_m")
"""What of the metadata has a tool of its own on the page."""
_WISHES = ("quality", "max_bytes", "max_triangles", "max_texture_px", "units", "up_axis")
_SHOWN_3D = (Kind.WEB, Kind.MOBILE, Kind.ANDROID, Kind.PREVIEW)


@require_safe
@never_cache
@guarded
def product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    found = get_object_or_404(queries.products(include_unpublished=True), pk=product_id)
    sheet = Sheet.of(found, audits=_may(request, Action.ADMINISTER))
    link = f"{base_of(request)}/p/{found.pk}"
    shown = {"sheet": sheet, "product": found, "card": sheet.card, "steps": STEP_WORDS, "link": link}
    taken = extensions(converts=settings.PIPELINE.converts)
    return render(request, "console/product/page.html", {**shown, "taken": taken})


@require_safe
@never_cache
@guarded
def changes(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Who changed what lately, newest first: for a colleague whose own change came too late."""
    found = get_object_or_404(queries.products(include_unpublished=True), pk=product_id)
    return JsonResponse({"changes": [deed.told() for deed in deeds_of(found)[:20]]})


@dataclass(frozen=True, slots=True)
class Detail:
    """A key of the metadata that has no tool of its own; `kind` is how its value is written: text, number or json."""

    key: str
    kind: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that the page shows. `original` is the file as it was sent, which a browser may not show."""

    card: Card
    version: AssetVersion
    account: Account
    rows: Sequence[Row]
    drawing: Drawing | None
    claim_cm: Sequence[str]
    details: Sequence[Detail]
    deeds: Sequence[Deed] | None
    jobs: Sequence[Any]
    poster: str
    base: Mapping[str, Any]
    models: Sequence[Mapping[str, Any]]
    original_shown: bool
    placed: bool
    has_colours: bool

    @property
    def waiting(self) -> int | None:
        """The newest version that could be published and was not yet, beside what shoppers see."""
        shown = next((row.version.number for row in self.rows if row.shown), None)
        newer = (one.version for one in self.rows if shown is not None and one.version.number > shown)
        return next((one.number for one in newer if one.passed and one.published_at is None), None)

    @classmethod
    def of(cls, found: Product, *, audits: bool) -> Self:
        version = found.shown_version
        jobs = jobs_of(found)
        job = next((one for one in jobs if one.made_version_id == version.pk), None)
        placed = bool(job and Placement.of(job.options.get("placement")))
        models = _models(version, placed=placed)
        poster = next((one for one in version.variants.all() if one.kind == Kind.POSTER), None)
        claim = claim_of(found.metadata)
        return cls(
            card=Card.of(found, newest_jobs([found.pk]).get(found.pk)),
            version=version,
            account=Account.of(version, report_of(version)),
            rows=rows_of(found, list(queries.versions(found)), jobs),
            drawing=Drawing.of(version.dimensions_m),
            claim_cm=[f"{side * 100:.10g}" for side in claim] if claim else [],
            details=_details(found.metadata),
            deeds=deeds_of(found) if audits else None,
            jobs=jobs[:12],
            poster=url_to_read(poster.key, "", public=found.published) if poster else "",
            base=_base(found, job),
            models=models,
            original_shown=any(one["kind"] == "original" for one in models),
            placed=placed,
            has_colours="KHR_materials_variants" in version.report.get("source", {}).get("extensions", ()),
        )


def _may(request: HttpRequest, action: Action) -> bool:
    return isinstance(request.user, User) and Caller(request.user).may(action)


def _base(found: Product, job: Job | None) -> dict[str, Any]:
    """What the page was made from. `tag` is an ETag of that revision: who changes the product says what was read.
    `wishes` and `placement` are those of the shown version, whose `job` it was."""
    options = job.options if job else {}
    return {
        "wishes": {name: options[name] for name in _WISHES if options.get(name)},
        "placement": options.get("placement") or {},
        "id": str(found.pk),
        "tag": f'"{found.revision}-page"',
        "name": found.name,
        "alt": found.alt,
        "tags": found.tags,
        "ar_enabled": found.ar_enabled,
        "metadata": found.metadata,
        "published": found.published,
        "version": found.shown_version.number,
    }


def _details(metadata: Mapping[str, Any]) -> list[Detail]:
    kept = ((key, _kind(value), value) for key, value in metadata.items() if key not in OWN_KEYS)
    return [
        Detail(key, kind, json.dumps(value, indent=1, ensure_ascii=False) if kind == "json" else value)
        for key, kind, value in kept
    ]


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else "json"


def _models(version: AssetVersion, *, placed: bool) -> list[dict[str, Any]]:
    """The files that a browser shows in 3D, the original first where it is one and stands as they do."""
    source, variants = version.source, {one.kind: one for one in version.variants.all()}
    shown = [(kind, variants[kind]) for kind in _SHOWN_3D if kind in variants]
    words = {
        Kind.WEB: _("For desktops (web)"),
        Kind.MOBILE: _("For phones (mobile)"),
        Kind.ANDROID: _("For Android AR (android)"),
        Kind.PREVIEW: _("First look (preview)"),
    }
    models = [
        {
            "kind": str(kind),
            "words": words[kind],
            "url": url_to_read(one.key, "", public=False),
            "bytes": one.size,
            "triangles": one.triangles,
            "ssim": one.proof["ssim"] if one.proof else None,
        }
        for kind, one in shown
    ]
    if source.format != Format.GLB or placed:
        return models
    original = {
        "kind": "original",
        "words": _("Your upload"),
        "url": url_to_read(source.key, "", public=False),
        "bytes": source.size,
        "triangles": version.report.get("source", {}).get("triangles"),
        "ssim": None,
    }
    return [original, *models]
