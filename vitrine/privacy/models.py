"""What was done for the people whose data this is: exports, erasures, and what each night's sweep took."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from vitrine.access.models import User
from vitrine.storage.blobs import Key

LEASE_S = 300


class State(models.TextChoices):
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class Export(models.Model):
    """All that is kept on a person, put together once by a worker; `key` names the archive in the store.

    `asked_by` is no foreign key: it may be an admin, who may go. A worker owns the row while its `token` stands in it.
    """

    MOST_ATTEMPTS = 5

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    asked_by = models.UUIDField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    size = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state=State.WAITING), name="export_asked_for_once"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="export_oldest")]

    @property
    def key(self) -> Key:
        return Key(f"{folder_of(self.person_id)}{self.pk}.zip")

    @property
    def expires_at(self) -> datetime:
        """Until when it can be downloaded."""
        return self.created_at + timedelta(days=settings.EXPORT_DAYS)

    @classmethod
    def claim(cls) -> Self | None:
        """One that waits, ours until the lease is over; None when there is none."""
        now = timezone.now()
        free = Q(state=State.WAITING) & (Q(lease_until=None) | Q(lease_until__lt=now))
        cls.objects.filter(free, attempts__gte=cls.MOST_ATTEMPTS).update(state=State.FAILED, token=None)
        found = cls.objects.filter(free).order_by("created_at").first()
        if found is None:
            return None
        mine = {"token": uuid.uuid4(), "lease_until": now + timedelta(seconds=LEASE_S)}
        claimed = cls.objects.filter(free, pk=found.pk, token=found.token)
        if not claimed.update(**mine, attempts=found.attempts + 1):
            return None
        return cls.objects.select_related("person").get(pk=found.pk)

    def end(self, state: State, *, size: int | None = None) -> bool:
        """False when somebody else owns it by now, or the person is gone."""
        mine = type(self).objects.filter(pk=self.pk, token=self.token, state=State.WAITING)
        ended = {"state": state, "size": size, "token": None, "lease_until": None}
        return mine.update(**ended, ready_at=timezone.now()) == 1


def folder_of(person_id: uuid.UUID) -> str:
    """Where a person's exports lie in the store."""
    return f"exports/{person_id}/"


class Erasure(models.Model):
    """That a person was erased, and whether nothing is left to do. Not who it was: `person_id` leads to nobody.

    `counted_as` holds, until it is done, by which names Redis counted the person: hashes, and numbers of keys.
    """

    person_id = models.UUIDField(primary_key=True)
    asked_by = models.UUIDField()
    counted_as: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], condition=Q(done_at=None), name="erasure_begun"),
        ]


class RetentionRun(models.Model):
    """One night's sweep: `taken` counts by rule what went so far, `done` names the rules with nothing left."""

    day = models.DateField(primary_key=True)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    taken: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    done: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    @classmethod
    def claim(cls, now: datetime) -> Self | None:
        """Tonight's, ours for a while; None when it is done, or another worker is at it."""
        run, _ = cls.objects.get_or_create(day=now.date(), defaults={"began_at": now})
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        mine = cls.objects.filter(free, pk=run.pk, ended_at=None)
        claimed = mine.update(lease_until=now + timedelta(seconds=LEASE_S))
        return cls.objects.get(pk=run.pk) if claimed else None
