"""What the world outside may want to hear: left by the verb that did it, in its own transaction, so never for nothing.

Thin on purpose: ids, numbers and names of what changed. Whoever hears of it reads the rest, with its own rights, where
it stands then: announcements come late, twice and out of order.
"""

import uuid
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from vitrine.access.audit import note


class Topic(StrEnum):
    """What can be announced."""

    PRODUCT_CREATED = "product.created"
    PRODUCT_UPDATED = "product.updated"
    PRODUCT_PUBLISHED = "product.published"
    PRODUCT_UNPUBLISHED = "product.unpublished"
    PRODUCT_DELETED = "product.deleted"
    PRODUCT_RESTORED = "product.restored"
    VERSION_CREATED = "version.created"
    VERSION_READY = "version.ready"
    VERSION_FAILED = "version.failed"
    PING = "ping"  # asked for by whoever tries an endpoint; for that endpoint alone


class Announcement(models.Model):
    """One thing that happened. `heard_at` is set by whoever passes it on, once for all who want it.

    `product_id` is no foreign key: a product may be gone for good before everybody has heard so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.CharField(max_length=32, choices=[(topic.value, topic.value) for topic in Topic])
    product_id = models.UUIDField(null=True)
    told: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], condition=Q(heard_at=None), name="announcement_unheard"),
            models.Index(fields=["at"], name="announcement_at"),
        ]


AUDITED = frozenset(Topic) - {Topic.VERSION_READY, Topic.VERSION_FAILED, Topic.PING}
"""What somebody did: it stands in the audit log too."""


def announce(topic: Topic, product_id: UUID, **told: Any) -> None:
    """Leave it for whoever passes it on, and in the audit log. Call it in the transaction of what happened."""
    if topic in AUDITED:
        note(topic.value, target=("product", product_id), **told)
    Announcement.objects.create(topic=topic, product_id=product_id, told=told)
