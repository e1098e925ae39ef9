"""Which rows speak of a person who logs in, and what of them the person is told: everything but the secrets.

A test fails for a model that refers to people and is not listed here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from vitrine.access.audit import AuditEntry, told
from vitrine.access.models import User


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of `model` whose column `by` names the person. `fields` are told; what is left out is a secret or a digest,
    which would help nobody but a thief. Rows go with their person, but for those that are the installation's: they
    `stay`, and are nobody's."""

    model: str
    by: str
    fields: tuple[str, ...]
    stay: bool = False

    def of(self, person: User) -> Iterator[Mapping[str, Any]]:
        rows = apps.get_model(self.model)._default_manager.filter(**{self.by: person.pk})  # noqa: SLF001  # documented
        yield from rows.order_by("pk").values(*self.fields).iterator()


HOLDINGS = (
    Holding(
        "access.User",
        "pk",
        (
            *("id", "username", "email", "first_name", "last_name", "role", "is_active", "date_joined"),
            *("last_login", "language"),
        ),
    ),
    Holding(
        "access.ApiKey",
        "created_by",
        (
            *("id", "name", "shown", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at"),
            *("last_used_address", "places"),
        ),
    ),
    Holding("access.Login", "person", ("id", "created_at", "renewed_at", "expires_at")),
    Holding("access.SecondFactor", "person", ("confirmed_at",)),
    Holding("access.Identity", "person", ("issuer", "subject")),
    Holding("catalog.Product", "created_by", ("id", "name", "created_at", "deleted_at"), stay=True),
    Holding("catalog.SavedView", "owner", ("id", "name", "query", "created_at")),
    Holding(
        "processing.Upload", "created_by", ("id", "name", "size", "sha256", "format", "created_at"), stay=True
    ),
    Holding(
        "processing.Job", "created_by", ("id", "recipe", "state", "created_at", "finished_at"), stay=True
    ),
    Holding("processing.Campaign", "created_by", ("id", "name", "wishes", "created_at"), stay=True),
    Holding("outreach.Endpoint", "created_by", ("id", "url", "description", "created_at"), stay=True),
    Holding("privacy.Export", "person", ("id", "state", "created_at", "ready_at")),
)

BY_NUMBER = {
    "access.AuditEntry": "told as audit.jsonl; name and network are taken out of it, and its number leads to nobody",
    "privacy.Erasure": "says that somebody was erased, by the number that stands in the audit log",
    "privacy.Export": "and whoever asked for it, by a number",
    "sessions.Session": "told by when it ends, and deleted with its person",
}
"""Models that name a person otherwise than by a foreign key, and what becomes of that."""

OF_NOBODY = frozenset(
    {
        *(
            "access.AuditCut",
            "api.Repeat",
            "catalog.Announcement",
            "catalog.AssetVersion",
            "catalog.Branding",
        ),
        *("catalog.Variant", "insight.Counted", "insight.Event", "insight.Mark", "insight.Measure"),
        *("insight.ResponseTimes", "insight.TakenBatch", "insight.TakenLog", "insight.Visit"),
        *("outreach.Delivery", "privacy.RetentionRun", "processing.CampaignItem"),
    }
)
"""Models that say nothing of anybody who logs in. An answer that is kept for a repeated request (`api.Repeat`) can be
read with that request's key only."""


def name_of(model: str) -> str:
    """How a model is called in the archive."""
    return str(apps.get_model(model)._meta.verbose_name_plural).replace(" ", "_")  # noqa: SLF001  # documented


def sessions_of(person_id: UUID) -> Iterator[Session]:
    """The console's. They name their person only inside, so each is read."""
    store = SessionStore()
    for session in Session.objects.order_by("pk").iterator(1_000):
        if store.decode(session.session_data).get("_auth_user_id") == str(person_id):
            yield session


def audited(person_id: UUID) -> QuerySet[AuditEntry]:
    """What the person did, and what was done to them."""
    about = Q(target_kind="user", target_id=str(person_id))
    return AuditEntry.objects.filter(Q(actor_id=person_id) | about).order_by("at", "id")


def audit_shape(entry: AuditEntry, person_id: UUID) -> Mapping[str, Any]:
    """Without the name and the network of somebody else, and without what only proves the chain."""
    whole = told(entry)
    hidden = {"person_digest", "signature", "number", "digest", "seal", "key_prefix"}
    if entry.actor_id not in {None, person_id}:
        hidden |= {"name", "address", "actor_id"}
    return {name: value for name, value in whole.items() if name not in hidden}
