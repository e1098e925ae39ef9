"""What was done to a product, by whom: out of the audit log, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrine.access.audit import AuditEntry, found_by
from vitrine.catalog.models import Product
from vitrine.processing.models import Job

_MOST = 40
_MOST_JOBS = 200

WORDS: Mapping[str, Promise] = {
    "product.created": _("created it"),
    "product.published": _("published version %(version)s"),
    "product.unpublished": _("took it off"),
    "product.deleted": _("deleted it"),
    "product.restored": _("brought it back"),
    "product.optimize-asked": _("had version %(version)s optimized"),
    "version.created": _("added version %(version)s"),
    "version.noted": _("wrote a note on version %(version)s"),
    "version.deleted": _("deleted version %(version)s for good"),
}
"""What was done to a product, after the name of who did it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry. `fields` are those of the product that it changed; `who` is empty for a person who was forgotten."""

    at: datetime
    who: str
    what: str
    fields: Sequence[str]

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        fields = entry.details.get("changed", [])
        shown = fields if isinstance(fields, list) else []
        if entry.action in {"product.published", "product.unpublished"}:
            shown = ["published", "version"]
        return cls(entry.at, entry.name, _words(entry), shown)

    def told(self) -> dict[str, Any]:
        return {"at": self.at.isoformat(), "who": self.who, "what": self.what, "fields": list(self.fields)}


def deeds_of(product: Product) -> list[Deed]:
    """Newest first."""
    entries = found_by(target=str(product.pk)).filter(target_kind="product").order_by("-at", "-id")
    return [Deed.of(entry) for entry in entries[:_MOST]]


def jobs_of(product: Product) -> list[Job]:
    """Newest first."""
    found = Job.objects.filter(version__product=product).select_related(
        "version", "made_version", "created_by"
    )
    return list(found.order_by("-created_at")[:_MOST_JOBS])


def field_words(name: str) -> str:
    words = {
        "name": gettext("name"),
        "alt": gettext("alt text"),
        "tags": gettext("tags"),
        "ar_enabled": gettext("AR"),
        "metadata": gettext("details"),
    }
    return words.get(name, name)


def _words(entry: AuditEntry) -> str:
    details = entry.details
    if entry.action == "product.updated":
        changed = details.get("changed", [])
        return gettext("changed %(fields)s") % {"fields": ", ".join(map(field_words, changed))}
    said = str(WORDS.get(entry.action, entry.action.replace("%", "%%")))
    return said % {"version": details.get("version", "?")}
