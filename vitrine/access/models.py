"""Who calls: people with a role, the keys they made, their logins and second factors."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from vitrine.access import keys
from vitrine.access.audit import AuditEntry
from vitrine.access.cuts import AuditCut
from vitrine.access.roles import Action, Role, Scope, may

__all__ = [
    "ApiKey",
    "AuditCut",
    "AuditEntry",
    "Identity",
    "Login",
    "SecondFactor",
    "User",
    "mark_of",
]
"""Django looks for models here."""


class User(AbstractUser):
    """A person with a login. `role` says what they may do; Django's own permissions are not used.

    `language` is the console's for them, empty for what their browser asks for. Raising `session_round` ends every
    session.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(
        max_length=16, choices=[(role.value, role.value) for role in Role], default=Role.VIEWER
    )
    language = models.CharField(max_length=16, blank=True, default="", db_default="")
    session_round = models.PositiveIntegerField(default=0, db_default=0)

    class Meta(AbstractUser.Meta):
        db_table = "access_user"

    @property
    def may_write(self) -> bool:
        return may(Role(self.role), Action.WRITE)

    @property
    def may_administer(self) -> bool:
        return may(Role(self.role), Action.ADMINISTER)

    @property
    def has_second_factor(self) -> bool:
        """Whether a login takes a code too."""
        factor = getattr(self, "second_factor", None)
        return factor is not None and factor.confirmed_at is not None

    def get_session_auth_hash(self) -> str:
        return self._in_this_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._in_this_round, super().get_session_auth_fallback_hash())

    def _in_this_round(self, password_hash: str) -> str:
        """Django's own until somebody first ended their sessions."""
        if not self.session_round:
            return password_hash
        return hashlib.sha256(f"{password_hash}:{self.session_round}".encode()).hexdigest()


class ApiKey(models.Model):
    """A program's way in. It acts for the person who made it; of the key itself only a digest is kept."""

    NOTED_EVERY = timedelta(minutes=1)
    MOST_PLACES = 20

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    shown = models.CharField(max_length=keys.SHOWN)
    digest = models.CharField(max_length=64, unique=True)
    scopes: "models.JSONField[Any, Any]" = models.JSONField()
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_address = models.CharField(max_length=64, blank=True, default="")
    places: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    @classmethod
    def issue(cls, by: User, *, name: str, scopes: list[Scope], expires_at: datetime) -> tuple[Self, str]:
        """The key's row, and the key, which nobody can show again."""
        key = keys.draw()
        row = cls.objects.create(
            name=name,
            shown=key[: keys.SHOWN],
            digest=keys.digest_of(key),
            scopes=sorted(set(scopes)),
            created_by=by,
            expires_at=expires_at,
        )
        return row, key

    def revoke(self) -> bool:
        """Whether it was this call that did it."""
        return bool(ApiKey.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now()))

    def note_use(self, place: str) -> bool:
        """Remember when and from which network it was used: once a minute, and at once from a new one. Whether this
        call noted another network than those it came from before; of two calls at once one does.
        """
        now = timezone.now()
        new = place not in self.places and len(self.places) < self.MOST_PLACES
        if not new and self.last_used_at is not None and now - self.last_used_at < self.NOTED_EVERY:
            return False
        places = [place, *(one for one in self.places if one != place)][: self.MOST_PLACES]
        unchanged = Q(pk=self.pk, last_used_at=self.last_used_at)
        noted = ApiKey.objects.filter(unchanged).update(
            last_used_at=now, last_used_address=place, places=places
        )
        return bool(noted) and bool(self.places) and place not in self.places


class Login(models.Model):
    """One giving of a password, and the family of refresh tokens that came of it, of which the newest counts.

    Every token names its login, and lives as long as this row does: deleting it ends them all at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="logins")
    password_mark = models.CharField(max_length=64)
    newest = models.CharField(max_length=64)
    before = models.CharField(max_length=64, blank=True, default="")
    client = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    renewed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    @property
    def alive(self) -> bool:
        """Another password, or a person who was deactivated, ends it."""
        same = self.password_mark == mark_of(self.person)
        return self.person.is_active and same and self.expires_at > timezone.now()


class SecondFactor(models.Model):
    """A person's authenticator app. Its secret is sealed, since it must be read; the written codes are digests."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    sealed = models.CharField(max_length=255)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    recovery: "models.JSONField[Any, Any]" = models.JSONField(default=list)


class Identity(models.Model):
    """A person as a login provider knows them: `subject` is the provider's own name, which never changes."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_a_subject"),
            models.UniqueConstraint(fields=["issuer", "person"], name="one_subject_a_person"),
        ]


def mark_of(person: User) -> str:
    """Tells whether the password is still the same; says nothing about it, since it is salted and hashed already."""
    return hashlib.sha256(person.password.encode()).hexdigest()
