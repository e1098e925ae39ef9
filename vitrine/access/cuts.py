"""Where the audit log's chain begins once its oldest part was let go: a number and a digest, signed as a cut of ours.

Entries that a cut covers may be deleted, and no others (the trigger of migration 0006 holds to that). The rest still
verifies: the first entry that is left must follow from the digest that the cut names. Whoever has the database alone
cannot make a cut up: it is signed with a key drawn from SECRET_KEY, in words that no entry's seal is signed with.
"""

from datetime import UTC

from django.db import models
from django.utils import timezone


class AuditCut(models.Model):
    """Everything up to `number` was let go; `digest` is that of the last entry that went."""

    number = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    signature = models.CharField(max_length=64)

    def content(self) -> bytes:
        """What the signature covers."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"cut:{self.number}:{self.digest}:{at}".encode()

    @classmethod
    def last(cls) -> "AuditCut | None":
        return cls.objects.order_by("-number").first()
