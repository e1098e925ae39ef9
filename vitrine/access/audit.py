"""The audit log: who did what to what, when and from where. Written in the transaction of what was done.

Nothing is ever changed in it but twice (a trigger of the database holds to that): an entry gets its place in the chain
(`chain.py`), and later its person is forgotten. So that forgetting breaks no chain, the person (name and address)
enters the chain only as a salted digest; the salt goes with the name, and then nobody can guess it back.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from vitrine.access.addresses import address_of, shortened
from vitrine.access.calling import current_request, current_request_id
from vitrine.pipeline.legible import legible

SYSTEM = "system"
_DETAILS_LETTERS = 4_000
_AT_ONCE = 1_000
_SIGNATURE = "vitrine.access.audit"


class AuditEntry(models.Model):
    """One thing done. `number`, `digest` and `seal` come with its place in the chain, see `chain.py`.

    `signature` is made at once with a key drawn from SECRET_KEY: whoever holds the database alone cannot change or
    make up an entry, not even one that has no place yet. `actor_id` is no foreign key: people go, what they did stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=48)
    actor_id = models.UUIDField(null=True)
    key_prefix = models.CharField(max_length=32, blank=True, default="")
    target_kind = models.CharField(max_length=32, blank=True, default="")
    target_id = models.CharField(max_length=64, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    details: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    name = models.CharField(max_length=150, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")
    salt = models.CharField(max_length=32, blank=True, default="")
    person_digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    number = models.BigIntegerField(null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    seal = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["at", "id"], condition=Q(number=None), name="audit_unsealed"),
            models.Index(fields=["at"], condition=~Q(salt=""), name="audit_remembered"),
            models.Index(fields=["target_id", "-at"], name="audit_target"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
        ]

    @property
    def forgotten(self) -> bool:
        """Its person was erased."""
        return not self.salt

    def content(self) -> bytes:
        """What signature and chain cover: all but the person, of whom only the digest."""
        fields = {
            "id": str(self.id),
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "action": self.action,
            "actor_id": None if self.actor_id is None else str(self.actor_id),
            "key_prefix": self.key_prefix,
            "target": [self.target_kind, self.target_id],
            "request_id": self.request_id,
            "details": self.details,
            "person": self.person_digest,
        }
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()

    def digest_of_person(self) -> str:
        return hashlib.sha256(json.dumps([self.salt, self.name, self.address]).encode()).hexdigest()


def note(
    action: str,
    *,
    target: models.Model | tuple[str, object] | None = None,
    by: AbstractBaseUser | None = None,
    request: HttpRequest | None = None,
    **details: Any,
) -> AuditEntry:
    """Write it down. Call it in the transaction of what was done, so that neither stands without the other.

    Who and from where is read off the request that this thread answers, unless told: `system` where there is none.
    `details` are few and small, and name no person and no secret: fields' names, numbers, codes.
    """
    request = request or current_request()
    actor = by or getattr(request, "user", None)
    actor = actor if isinstance(actor, AbstractBaseUser) else None
    kind, target_id = _target(target)
    entry = AuditEntry(
        action=action,
        actor_id=None if actor is None else actor.pk,
        key_prefix=str(getattr(getattr(request, "auth", None), "shown", ""))[:32],
        target_kind=kind,
        target_id=target_id,
        request_id=current_request_id() if request else "",
        details=_plain(details),
        name=actor.get_username() if actor else "" if request else SYSTEM,
        address=shortened(address_of(request)) if request else "",
        salt=secrets.token_hex(16),
    )
    entry.person_digest = entry.digest_of_person()
    entry.signature = signed(entry.content())
    entry.save(force_insert=True)
    return entry


def found_by(
    *,
    action: str = "",
    actor: uuid.UUID | None = None,
    target: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> models.QuerySet[AuditEntry]:
    """What is left empty does not matter. An `action` that ends with a dot stands for all that begin so."""
    wanted = Q(at__gte=since) if since else Q()
    wanted &= Q(at__lt=until) if until else Q()
    wanted &= Q(actor_id=actor) if actor else Q()
    wanted &= Q(target_id=target) if target else Q()
    if action:
        wanted &= Q(action__startswith=action) if action.endswith(".") else Q(action=action)
    return AuditEntry.objects.filter(wanted)


def told(entry: AuditEntry) -> dict[str, Any]:
    """An entry as it is shown and exported: with it and its key, everything can be computed again."""
    sealed = entry.number is not None
    return {
        "id": str(entry.pk),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "actor_id": None if entry.actor_id is None else str(entry.actor_id),
        "name": entry.name,
        "address": entry.address,
        "key_prefix": entry.key_prefix,
        "target": {"kind": entry.target_kind, "id": entry.target_id} if entry.target_kind else None,
        "request_id": entry.request_id,
        "details": entry.details,
        "person_digest": entry.person_digest,
        "signature": entry.signature,
        "number": entry.number,
        "digest": entry.digest if sealed else None,
        "seal": entry.seal if sealed else None,
    }


def forget_person(actor_id: uuid.UUID) -> int:
    """Erase a person's name and addresses from every entry, and the networks from which strangers tried to be them;
    what was done stays. Some at a time, so that no writer waits. How many entries."""
    by_strangers = Q(actor_id=None, target_kind="user", target_id=str(actor_id))
    theirs = AuditEntry.objects.filter(Q(actor_id=actor_id) | by_strangers)
    count = some = _forget(theirs)
    while some:
        some = _forget(theirs)
        count += some
    return count


def remembered_before(end: datetime) -> models.QuerySet[AuditEntry]:
    """Entries older than `end` that still know who did it."""
    return AuditEntry.objects.filter(at__lt=end).exclude(salt="")


def forget_old_people() -> int:
    """The same for whatever is older than AUDIT_DAYS, some at a time. How many entries."""
    return _forget(remembered_before(timezone.now() - timedelta(days=settings.AUDIT_DAYS)))


def _forget(entries: models.QuerySet[AuditEntry]) -> int:
    """At most _AT_ONCE of them, the oldest first."""
    some = entries.exclude(salt="").order_by("at").values("pk")[:_AT_ONCE]
    return AuditEntry.objects.filter(pk__in=some).update(name="", address="", salt="")


def signed(content: bytes) -> str:
    return salted_hmac(_SIGNATURE, content, algorithm="sha256").hexdigest()


def holds(content: bytes, signature: str) -> bool:
    """Whether it was signed with today's SECRET_KEY, or one of those before it."""
    return any(
        constant_time_compare(
            salted_hmac(_SIGNATURE, content, secret=key, algorithm="sha256").hexdigest(), signature
        )
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _target(target: models.Model | tuple[str, object] | None) -> tuple[str, str]:
    if target is None:
        return "", ""
    if isinstance(target, models.Model):
        return str(target._meta.model_name), str(target.pk)  # noqa: SLF001  # Django's own public name for it
    return target[0], str(target[1])


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON that comes back from the database as it went in: text, whole numbers, lists of them."""
    plain = json.loads(json.dumps(legible(dict(details)), default=str), parse_float=str)
    if len(json.dumps(plain)) > _DETAILS_LETTERS:
        return {"left_out": sorted(plain)[:20]}
    return dict(plain)
