"""Making and changing endpoints: each change is checked first, and written into the audit log."""

from typing import Any

from django.conf import settings
from django.db import transaction

from vitrine.access.audit import note
from vitrine.access.models import User
from vitrine.errors import Conflict
from vitrine.outreach.models import MOST_ENDPOINTS, Delivery, Endpoint, ping
from vitrine.outreach.signing import new_secret, sealed
from vitrine.outreach.targets import check_target


def make(*, by: User, **fields: Any) -> tuple[Endpoint, str]:
    """The endpoint, and its secret, which is not shown again. `fields`: url, topics, description, enabled."""
    _check(fields)
    have = Endpoint.objects.count()
    if have >= MOST_ENDPOINTS:
        raise Conflict(
            f"There are {have} endpoints already; at most {MOST_ENDPOINTS} are kept. Delete one first."
        )
    secret = new_secret()
    with transaction.atomic():
        endpoint = Endpoint.objects.create(created_by=by, sealed_secret=sealed(secret), **fields)
        note("webhook.created", target=endpoint, by=by)
    return endpoint, secret


def change(endpoint: Endpoint, **fields: Any) -> None:
    """Set url, topics, description; `enabled` starts it afresh, or stops it."""
    changed = sorted(name for name, value in fields.items() if getattr(endpoint, name) != value)
    _check({name: fields[name] for name in changed})
    wish = fields.pop("enabled", endpoint.enabled)
    with transaction.atomic():
        for name, value in fields.items():
            setattr(endpoint, name, value)
        endpoint.save(update_fields=list(fields))
        if wish and not endpoint.enabled:
            endpoint.enable()
        elif endpoint.enabled and not wish:
            endpoint.disable("Somebody disabled it.")
        if changed:
            note("webhook.changed", target=endpoint, changed=changed)


def remove(endpoint: Endpoint) -> None:
    """With its deliveries."""
    with transaction.atomic():
        note("webhook.deleted", target=endpoint)
        endpoint.delete()


def rotate(endpoint: Endpoint) -> str:
    """The new secret, which is not shown again."""
    with transaction.atomic():
        note("webhook.secret-rotated", target=endpoint)
        return endpoint.rotate()


def test(endpoint: Endpoint) -> Delivery:
    with transaction.atomic():
        note("webhook.tested", target=endpoint)
        return ping(endpoint)


def send_again(delivery: Delivery) -> None:
    with transaction.atomic():
        note("webhook.sent-again", target=delivery.endpoint, delivery=delivery.pk)
        delivery.send_again()


def _check(fields: dict[str, Any]) -> None:
    if "url" in fields:
        check_target(fields["url"], private=settings.WEBHOOKS_TO == "private")
