"""Who wants to hear what happens, and how far telling them has come."""

import random
import uuid
from datetime import timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.utils import timezone

from vitrine.access.models import User
from vitrine.catalog.announcements import Announcement, Topic
from vitrine.errors import Conflict
from vitrine.outreach.signing import new_secret, sealed

MOST_ENDPOINTS = 50
RETRY_AFTER_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first attempt, the second, …: three days and some hours in all. What follows the last is the end."""
OLD_SECRET_HOLDS = timedelta(hours=24)
LEASE_S = 120  # several times what an attempt may take
_JITTER = 0.2
_SECOND_TRY_OF_MAIL = timedelta(minutes=10)


class Endpoint(models.Model):
    """A URL that is told what happens. `topics` empty means all of them, those of later versions too.

    `failing_since` is the first failure since something last got through. `mail_due_at` stands while its maker has
    yet to be told that it was disabled.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True, default="")
    topics = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    enabled = models.BooleanField(default=True)
    disabled_because = models.CharField(max_length=500, blank=True, default="")
    sealed_secret = models.CharField(max_length=300)
    old_sealed_secret = models.CharField(max_length=300, blank=True, default="")
    old_secret_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    @property
    def secrets(self) -> list[str]:
        """Sealed, the newest first: all that hold now."""
        old_holds = self.old_secret_until is not None and self.old_secret_until > timezone.now()
        return [self.sealed_secret, self.old_sealed_secret] if old_holds else [self.sealed_secret]

    def rotate(self) -> str:
        """The new secret. The old one holds for OLD_SECRET_HOLDS beside it, so that receivers can change over."""
        secret = new_secret()
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            self.old_sealed_secret, self.sealed_secret = locked.sealed_secret, sealed(secret)
            self.old_secret_until = timezone.now() + OLD_SECRET_HOLDS
            self.save(update_fields=["old_sealed_secret", "sealed_secret", "old_secret_until"])
        return secret

    def enable(self) -> None:
        """Whatever it failed at before is forgotten."""
        fresh = {"enabled": True, "disabled_because": "", "failing_since": None, "mail_due_at": None}
        type(self).objects.filter(pk=self.pk).update(**fresh)
        self.refresh_from_db()

    def disable(self, because: str, *, mail: bool = False) -> None:
        """Nothing is sent any more; what still waited has failed. Twice is harmless."""
        with transaction.atomic():
            disabled = type(self).objects.filter(pk=self.pk, enabled=True)
            disabled.update(
                enabled=False, disabled_because=because, mail_due_at=timezone.now() if mail else None
            )
            waiting = Delivery.objects.filter(endpoint=self, state=State.WAITING)
            waiting.update(state=State.FAILED, error="The endpoint was disabled.", token=None)
        self.refresh_from_db()

    @classmethod
    def claim_mail(cls) -> Self | None:
        """A disabled endpoint whose maker must be told so; another try is due if nobody says that it was done."""
        now = timezone.now()
        due = cls.objects.filter(mail_due_at__lte=now).order_by("mail_due_at").first()
        if due is None:
            return None
        mine = cls.objects.filter(pk=due.pk, mail_due_at=due.mail_due_at)
        return due if mine.update(mail_due_at=now + _SECOND_TRY_OF_MAIL) else None

    def note_mailed(self) -> None:
        type(self).objects.filter(pk=self.pk, enabled=False).update(mail_due_at=None)


class State(models.TextChoices):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """One announcement on its way to one endpoint. This row is the truth; who sends it holds its `token`.

    While it is being sent `next_at` lies LEASE_S ahead: if its sender dies, it is due again then. So a receiver may
    get it twice, under the same `webhook-id`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    token = models.UUIDField(null=True)
    failing_since = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=1000, blank=True, default="")
    response = models.TextField(blank=True, default="")
    duration_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "endpoint"], name="delivery_once_each")
        ]
        indexes = [
            models.Index(fields=["endpoint", "next_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="delivery_newest"),
        ]

    @property
    def message_id(self) -> str:
        """The `webhook-id`: the announcement's, so that it is the same each time it is sent."""
        return f"msg_{self.announcement_id.hex}"

    @classmethod
    def claim(cls, most: int, *, each: int) -> list[Self]:
        """Due ones to send, the longest overdue first: at most one an endpoint, of which `each` may be under way."""
        now = timezone.now()
        waiting = cls.objects.filter(endpoint=OuterRef("pk"), state=State.WAITING)
        due = waiting.filter(next_at__lte=now).order_by("next_at")
        under_way = waiting.filter(next_at__gt=now).exclude(token=None).values("endpoint")
        endpoints = Endpoint.objects.filter(enabled=True).annotate(
            due=Subquery(due.values("pk")[:1]),
            due_at=Subquery(due.values("next_at")[:1]),
            under_way=Subquery(under_way.annotate(count=Count("pk")).values("count")),
        )
        free = Q(under_way=None) | Q(under_way__lt=each)
        ids = list(
            endpoints.filter(free).exclude(due=None).order_by("due_at").values_list("due", flat=True)[:most]
        )
        if not ids:
            return []
        with transaction.atomic():
            rows = cls.objects.select_for_update(skip_locked=True, of=("self",))
            free_rows = rows.filter(pk__in=ids, state=State.WAITING, next_at__lte=now)
            claimed = list(free_rows.select_related("announcement", "endpoint").order_by("next_at"))
            for one in claimed:
                one.token, one.attempts = uuid.uuid4(), one.attempts + 1
                one.next_at = now + timedelta(seconds=LEASE_S)
            cls.objects.bulk_update(claimed, ["token", "attempts", "next_at"])
        return claimed

    @classmethod
    def backlog(cls) -> tuple[int, float]:
        """How many wait, and by how many seconds the one that is due longest is late."""
        waiting = cls.objects.filter(state=State.WAITING).aggregate(count=Count("pk"), due=Min("next_at"))
        late = timedelta(0) if waiting["due"] is None else timezone.now() - waiting["due"]
        return waiting["count"], max(0.0, late.total_seconds())

    def _mine(self) -> models.QuerySet[Self]:
        return type(self).objects.filter(pk=self.pk, token=self.token, state=State.WAITING)

    def deliver(self, **heard: Any) -> bool:
        """The receiver has it. False when somebody else sent it meanwhile."""
        with transaction.atomic():
            Endpoint.objects.filter(pk=self.endpoint_id).exclude(failing_since=None).update(
                failing_since=None
            )
            ended = self._mine().update(
                state=State.DELIVERED, ended_at=timezone.now(), token=None, failing_since=None, **heard
            )
        return ended == 1

    def fail(self, *, final: bool = False, **heard: Any) -> bool:
        """Not delivered: due again after a while, or failed for good. Whether that was the end of it, and by us."""
        now = timezone.now()
        last = final or self.attempts > len(RETRY_AFTER_S)
        self.failing_since = self.failing_since or now
        ending = (
            {"state": State.FAILED, "ended_at": now} if last else {"next_at": now + _pause(self.attempts)}
        )
        with transaction.atomic():
            ours = self._mine().update(token=None, failing_since=self.failing_since, **ending, **heard) == 1
            if ours:
                Endpoint.objects.filter(pk=self.endpoint_id, failing_since=None).update(failing_since=now)
        return ours and last

    def send_again(self) -> None:
        """Due at once, whatever became of it. Conflict while its endpoint is disabled."""
        if not self.endpoint.enabled:
            raise Conflict("This endpoint is disabled, so nothing is sent to it. Enable it first.")
        anew = {"state": State.WAITING, "attempts": 0, "next_at": timezone.now(), "token": None}
        type(self).objects.filter(pk=self.pk).update(**anew, failing_since=None, ended_at=None)
        self.refresh_from_db()


def _pause(attempts: int) -> timedelta:
    """Spread by a fifth either way, so that what failed together does not come again together."""
    seconds = RETRY_AFTER_S[attempts - 1]
    return timedelta(seconds=seconds * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311  # no secret


def fan_out(most: int = 500) -> int:
    """A delivery for each endpoint that wants an announcement, once for all. How many announcements."""
    with transaction.atomic():
        unheard = Announcement.objects.select_for_update(skip_locked=True).filter(heard_at=None)
        heard = list(unheard.order_by("at")[:most])
        if not heard:
            return 0
        endpoints = list(Endpoint.objects.filter(enabled=True))
        Delivery.objects.bulk_create(
            Delivery(announcement=one, endpoint=endpoint)
            for one in heard
            for endpoint in endpoints
            if not endpoint.topics or one.topic in endpoint.topics
        )
        Announcement.objects.filter(pk__in=[one.pk for one in heard]).update(heard_at=timezone.now())
    return len(heard)


def ping(endpoint: Endpoint) -> Delivery:
    """Something to send to this endpoint alone, at once. Conflict while it is disabled."""
    if not endpoint.enabled:
        raise Conflict("This endpoint is disabled, so nothing is sent to it. Enable it first.")
    with transaction.atomic():
        announcement = Announcement.objects.create(topic=Topic.PING, heard_at=timezone.now())
        return Delivery.objects.create(announcement=announcement, endpoint=endpoint)
