"""What passes: bytes on their way in, and jobs on their way through."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Min, Q
from django.utils import timezone

from vitrine.access.models import User
from vitrine.catalog.announcements import Topic, announce
from vitrine.catalog.models import AssetVersion
from vitrine.errors import Conflict, NotFound, Refused, VitrineError
from vitrine.pipeline.legible import legible
from vitrine.pipeline.work import Format

_CLAIM_S = 120
_CLOCKS_DIFFER = timedelta(seconds=60)
"""More than any two machines' clocks should. What lies further ahead was told by one that has been set since."""


def longer_ago(field: str, then: datetime) -> Q:
    """Whether what the field says was before `then`, or by a clock that went ahead: it would count for hours."""
    return Q(**{f"{field}__lt": then}) | Q(**{f"{field}__gt": timezone.now() + _CLOCKS_DIFFER})


class Upload(models.Model):
    """Bytes on their way in, under `incoming/<id>` in the store until a product takes them or they expire.

    One that comes in parts says its `size` before, and is `complete` once they are joined and its `sha256` and `format`
    are known; the fields of parts stay empty for a file that came in a form. One request at a time may make a product
    of it: the one whose `claim` stands in the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255, blank=True, default="")
    size = models.BigIntegerField(null=True)
    part_size = models.BigIntegerField(null=True)
    parts_id = models.CharField(max_length=1024, blank=True, default="")
    claimed_sha256 = models.CharField(max_length=64, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    format = models.CharField(max_length=8, blank=True, default="")
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    kept_key = models.CharField(max_length=512, blank=True, default="")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    @classmethod
    def begin(cls, created_by: User | None) -> Self:
        return cls.objects.create(created_by=created_by)

    def note_kept(self, key: str) -> None:
        """Where the bytes are about to be kept: if nothing comes of it, upkeep knows what to delete."""
        self.kept_key = key
        self.save(update_fields=["kept_key"])

    @property
    def complete(self) -> bool:
        return bool(self.sha256)

    @property
    def expires_at(self) -> datetime:
        return self.created_at + timedelta(seconds=settings.UPLOAD_LIFE_S)

    def note_complete(self, sha256: str, file_format: Format) -> bool:
        """False when it is gone: used or given up from another side."""
        self.sha256, self.format = sha256, file_format
        return type(self).objects.filter(pk=self.pk).update(sha256=sha256, format=file_format) == 1

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Nobody else makes a product of it meanwhile. Conflict when somebody does, NotFound when somebody has.

        Whoever died with it is forgotten after a while; `spend` tells them if they were only slow.
        """
        now, token = timezone.now(), uuid.uuid4()
        free = Q(claim=None) | longer_ago("claimed_at", now - timedelta(seconds=_CLAIM_S))
        if not type(self).objects.filter(free, pk=self.pk).update(claim=token, claimed_at=now):
            raise self._taken()
        self.refresh_from_db()
        try:
            yield
        except BaseException:
            type(self).objects.filter(pk=self.pk, claim=token).update(claim=None)
            raise

    def spend(self) -> None:
        """Used up: call it in the transaction that makes a version of it."""
        if not type(self).objects.filter(pk=self.pk, claim=self.claim).delete()[0]:
            raise self._taken()

    def _taken(self) -> Refused:
        if type(self).objects.filter(pk=self.pk).exists():
            return Conflict("Another request is making a product of this upload just now.")
        return NotFound("There is no such upload: it was used already, given up, or has expired.")


class State(models.TextChoices):
    QUEUED = "queued"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


_OPEN = Q(state__in=[State.QUEUED, State.PROCESSING])


def stranded() -> Q:
    """Jobs whose worker holds them no more."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.JOB_LEASE_S)
    return Q(state=State.PROCESSING) & (Q(lease_until__lt=now) | Q(lease_until__gt=until + _CLOCKS_DIFFER))


class Job(models.Model):
    """One recipe cooked on one version. This row is the truth; a message only says that it is there.

    A worker owns a job while its `token` stands in the row and `lease_until` lies ahead. Whoever lost the lease
    can change nothing any more: every verb of an owner asks for the token (a fencing token).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(AssetVersion, on_delete=models.CASCADE, related_name="jobs")
    recipe = models.CharField(max_length=32)
    options: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    options_key = models.CharField(max_length=64)
    publish = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=32, blank=True, default="")
    progress = models.FloatField(default=0.0)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    error: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    stored_keys: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    made_version = models.ForeignKey(AssetVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    request_id = models.CharField(max_length=64, blank=True, default="")
    trace = models.CharField(max_length=55, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "options_key"], condition=_OPEN, name="job_open_once")
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=_OPEN, name="job_open"),
            models.Index(fields=["finished_at"], name="job_ended"),
        ]

    @classmethod
    def enqueue(
        cls, version: AssetVersion, *, recipe: str, options: dict[str, Any], options_key: str, **more: Any
    ) -> tuple[Self, bool]:
        """The open job for these options, and whether it is new: an equal one that still runs is returned."""
        try:
            with transaction.atomic():
                job = cls.objects.create(
                    version=version, recipe=recipe, options=options, options_key=options_key, **more
                )
        except IntegrityError:
            running = cls.objects.filter(_OPEN, version=version, options_key=options_key).first()
            if running is None:  # it ended in between: ours is the next one
                return cls.enqueue(version, recipe=recipe, options=options, options_key=options_key, **more)
            return running, False
        return job, True

    @classmethod
    def longest_waiting(cls) -> uuid.UUID | None:
        """The job that is next in turn, stranded ones among them: messages come in any order, and may have run out."""
        free = cls.objects.filter(
            _OPEN, Q(state=State.QUEUED) | stranded(), attempts__lt=settings.JOB_ATTEMPTS
        )
        return free.order_by("created_at").values_list("pk", flat=True).first()

    @classmethod
    def open_counts(cls) -> dict[str, int]:
        """How many wait, and how many are being cooked."""
        found = cls.objects.filter(_OPEN).values_list("state").annotate(count=Count("pk"))
        return {State.QUEUED.value: 0, State.PROCESSING.value: 0, **dict(found)}

    @classmethod
    def oldest_waits_s(cls) -> float:
        """Since when the job waits that has waited longest, in seconds; 0 when none does."""
        oldest = cls.objects.filter(_OPEN, state=State.QUEUED).aggregate(at=Min("created_at"))["at"]
        return 0.0 if oldest is None else max(0.0, (timezone.now() - oldest).total_seconds())

    @classmethod
    def claim(cls, job_id: uuid.UUID | str) -> Self | None:
        """Own the job, or None when somebody else does, it has ended, or it was tried often enough."""
        now = timezone.now()
        token = uuid.uuid4()
        claimed = cls.objects.filter(
            Q(state=State.QUEUED) | stranded(), pk=job_id, attempts__lt=settings.JOB_ATTEMPTS
        ).update(
            state=State.PROCESSING,
            attempts=F("attempts") + 1,
            token=token,
            lease_until=now + timedelta(seconds=settings.JOB_LEASE_S),
            started_at=now,
            step="",
            progress=0.0,
        )
        return cls.objects.select_related("version__product").get(pk=job_id) if claimed else None

    def _mine(self) -> models.QuerySet[Self]:
        """This row while we own it; nothing once the lease went to another."""
        return type(self).objects.filter(pk=self.pk, token=self.token, state=State.PROCESSING)

    def beat(self) -> bool:
        """Hold the lease a while longer. False when it is lost."""
        lease_until = timezone.now() + timedelta(seconds=settings.JOB_LEASE_S)
        return self._mine().update(lease_until=lease_until) == 1

    def note_step(self, step: str, progress: float) -> bool:
        """Say how far it is. False when the lease is lost."""
        return self._mine().update(step=step, progress=progress) == 1

    def note_stored(self, keys: list[str]) -> bool:
        """What is about to be stored: if nothing comes of it, upkeep knows what to delete."""
        return self._mine().update(stored_keys=keys) == 1

    def finish(self, made_version: AssetVersion) -> bool:
        """Done. Call it in the transaction that makes the result visible; False means: undo that."""
        return (
            self._mine().update(
                state=State.DONE,
                progress=1.0,
                stored_keys=[],
                made_version=made_version,
                error=None,
                finished_at=timezone.now(),
                token=None,
                lease_until=None,
            )
            == 1
        )

    def fail(self, error: VitrineError) -> bool:
        """Ended without a result; `error` says what to do about it."""
        with transaction.atomic():
            ended = self._mine().update(
                state=State.FAILED,
                error=legible(error.kept()),
                finished_at=timezone.now(),
                token=None,
                lease_until=None,
            )
            if ended:
                told = {
                    "version": self.version.number,
                    "task_id": str(self.pk),
                    "error": {"code": error.code},
                }
                announce(Topic.VERSION_FAILED, self.version.product_id, **told)
        return ended == 1

    def put_back(self) -> bool:
        """Give it to whoever comes next; upkeep rings for it once what broke has had a while to mend."""
        return (
            self._mine().update(state=State.QUEUED, token=None, lease_until=None, rung_at=timezone.now()) == 1
        )

    def give_back(self) -> bool:
        """As if this attempt had never been: its worker has to go, which is nobody's fault. Ring for it."""
        return (
            self._mine().update(
                state=State.QUEUED,
                attempts=F("attempts") - 1,
                step="",
                progress=0.0,
                token=None,
                lease_until=None,
                rung_at=timezone.now(),
            )
            == 1
        )


class Decision(models.TextChoices):
    """What was made of a campaign's result for a product; none yet is empty."""

    PROMOTED = "promoted"
    DROPPED = "dropped"


class Campaign(models.Model):
    """Many products cooked again by one order, each compared with what shoppers see, and promoted or dropped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    wishes: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="campaign_newest")]


class CampaignItem(models.Model):
    """One product of a campaign. `before` is the version that shoppers saw, null where they saw none; without `job` it
    waits for its turn, or could not begin: then `error` says why."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey(AssetVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="campaign_items")
    error: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    decision = models.CharField(max_length=16, choices=Decision.choices, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "product"], name="campaign_product_once")]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(job=None, error__isnull=True, decision=""),
                name="campaign_item_waiting",
            )
        ]
