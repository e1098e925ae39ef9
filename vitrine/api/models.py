"""What the API remembers of requests: the answers to those that may be sent again."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime, timedelta
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from vitrine.errors import Conflict, InProgress, KeyReused

_LEASE = timedelta(seconds=120)
_ASK_AGAIN_S = 2


class Repeat(models.Model):
    """One caller's Idempotency-Key: being answered while `lease_until` lies ahead, answered once `status` is there.

    `id` is reserved for what the request makes: whoever takes over from one that died finds by it what that one had
    made already. The answer is kept encrypted by the key that was sent, which itself is kept as a hash: it may hold a
    secret that is shown once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64)
    token = models.UUIDField(null=True, default=uuid.uuid4)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="repeat_oldest")]

    @classmethod
    def claim(cls, who: str, key: str, fingerprint: str) -> Self:
        """The key's row: ours to answer, or answered. Refuses a key that was sent with something else, or whose first
        request is still being answered. A request that died gives its row up with its lease."""
        now = timezone.now()
        name = hashlib.sha256(f"{who}\0{key}".encode()).hexdigest()
        cls.objects.filter(name=name, created_at__lt=now - timedelta(seconds=settings.ANSWER_LIFE_S)).delete()
        row, new = cls.objects.get_or_create(
            name=name, defaults={"fingerprint": fingerprint, "lease_until": now + _LEASE}
        )
        if row.fingerprint != fingerprint:
            raise KeyReused(
                "This Idempotency-Key came with another request before. Send that one again, or take a new key."
            )
        return row if new or row.status is not None else row.taken_over(now)

    def taken_over(self, now: datetime) -> Self:
        """The row, ours now that the lease of who had it is over."""
        by_a_clock_that_went_ahead = Q(lease_until__gt=now + 2 * _LEASE)  # and has been set since
        over = Q(lease_until__lt=now) | by_a_clock_that_went_ahead
        dead = type(self).objects.filter(over, pk=self.pk, status=None, token=self.token)
        self.token = uuid.uuid4()
        if not dead.update(token=self.token, lease_until=now + _LEASE, attempts=self.attempts + 1):
            raise InProgress(
                "The first request with this Idempotency-Key is still being answered. Send it again in a moment.",
                retry_after_s=_ASK_AGAIN_S,
            )
        self.attempts += 1
        return self

    def keep(self, key: str, status: int, headers: dict[str, str], body: bytes) -> None:
        """The answer, for the next day. Nothing when somebody else has taken over meanwhile."""
        packed = json.dumps({"headers": headers, "body": body.decode()}).encode()
        self._mine().update(status=status, answer=_cipher(key).encrypt(packed), token=None, lease_until=None)

    def forget(self) -> None:
        """Nothing was made: the key is free again, since what was refused may be mended and sent again."""
        self._mine().delete()

    def kept(self, key: str) -> tuple[dict[str, str], bytes]:
        """Headers and body of the first answer."""
        try:
            packed = json.loads(_cipher(key).decrypt(bytes(self.answer or b"")))
        except InvalidToken as error:
            raise Conflict(
                "This request was answered, but SECRET_KEY has changed since, so its answer cannot be read."
            ) from error
        return packed["headers"], packed["body"].encode()

    def _mine(self) -> models.QuerySet[Self]:
        return type(self).objects.filter(pk=self.pk, token=self.token, status=None)


def _cipher(key: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [hmac.digest(str(one).encode(), f"kept answer\0{key}".encode(), "sha256") for one in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in made])
