"""Who calls: people with a role."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models

from vitrine.access.audit import AuditEntry
from vitrine.access.roles import Role

__all__ = ["AuditEntry", "User"]  # Django looks for models here


class User(AbstractUser):
    """A person with a login. `role` says what they may do; Django's own permissions are not used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(
        max_length=16, choices=[(role.value, role.value) for role in Role], default=Role.VIEWER
    )

    class Meta(AbstractUser.Meta):
        db_table = "access_user"

    @property
    def may_write(self) -> bool:
        return Role(self.role) in {Role.EDITOR, Role.ADMIN}
