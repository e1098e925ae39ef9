"""Announcements out: signed, sent, tried again for days, and given up when a receiver stays dead."""

import json
import time
from dataclasses import dataclass

import structlog
from django.utils import timezone

from vitrine import __version__
from vitrine.catalog.announcements import Announcement, Topic
from vitrine.errors import VitrineError
from vitrine.metrics.table import WEBHOOKS
from vitrine.outreach.models import Delivery
from vitrine.outreach.posting import Network, post
from vitrine.outreach.signing import signed_headers

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery as it is sent: everything that is needed of the database, so that sending it needs none."""

    url: str
    message_id: str
    body: bytes
    sealed_secrets: tuple[str, ...]

    @classmethod
    def of(cls, delivery: Delivery) -> "Letter":
        endpoint = delivery.endpoint
        return cls(endpoint.url, delivery.message_id, body_of(delivery.announcement), tuple(endpoint.secrets))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `status` is None without an answer; then `error` says why."""

    status: int | None
    error: str
    response: str
    duration_ms: int

    @property
    def word(self) -> str:
        return "delivered" if not self.error else "unreachable" if self.status is None else "refused"


def body_of(announcement: Announcement) -> bytes:
    """As the Standard Webhooks specification advises: what, when, and just enough to ask for the rest."""
    product = {} if announcement.product_id is None else {"product_id": str(announcement.product_id)}
    told = {
        "type": announcement.topic,
        "timestamp": announcement.at.isoformat(),
        "data": {**product, **announcement.told},
    }
    return json.dumps(told).encode()


def send(letter: Letter, network: Network) -> Outcome:
    """One attempt. It never raises for what the receiver or the way there does."""
    begun = time.monotonic()
    status, error, response = None, "", ""
    try:
        signed = signed_headers(letter.message_id, timezone.now(), letter.body, letter.sealed_secrets)
        headers = {"Content-Type": "application/json", "User-Agent": f"Vitrine/{__version__}", **signed}
        answer = post(letter.url, headers, letter.body, network)
        status, response = answer.status, answer.body
        error = "" if 200 <= status < 300 else _refusal(status)
    except VitrineError as failed:
        error = failed.detail
    return Outcome(status, error[:1000], response, round((time.monotonic() - begun) * 1000))


def settle(delivery: Delivery, outcome: Outcome) -> None:
    """Write down how it ended, and give the endpoint up if that was the end of it."""
    WEBHOOKS.note(outcome.duration_ms / 1000, outcome.word)
    heard = {
        "status": outcome.status,
        "error": outcome.error,
        "response": outcome.response,
        "duration_ms": outcome.duration_ms,
    }
    if not outcome.error:
        delivery.deliver(**heard)
        return
    gone = outcome.status == 410
    is_ping = delivery.announcement.topic == Topic.PING
    ended = delivery.fail(final=gone or is_ping, **heard)
    log.info(
        "webhook_failed", endpoint=str(delivery.endpoint_id), attempt=delivery.attempts, status=outcome.status
    )
    if ended and gone:
        delivery.endpoint.disable("It answered 410 Gone.", mail=True)
    elif ended and not is_ping:
        _give_up(delivery, outcome)


def _give_up(delivery: Delivery, outcome: Outcome) -> None:
    """The endpoint is dead when nothing has got through to it since this delivery first failed."""
    endpoint, first_failed = delivery.endpoint, delivery.failing_since
    endpoint.refresh_from_db()
    if endpoint.failing_since and first_failed and endpoint.failing_since <= first_failed:
        since = f"{endpoint.failing_since:%Y-%m-%d %H:%M} UTC"
        endpoint.disable(f"Nothing got through since {since}. Last: {outcome.error}"[:500], mail=True)


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered {status}, and redirects are not followed: give the address it redirects to."
    return f"It answered {status}; only 2xx says that it came."
