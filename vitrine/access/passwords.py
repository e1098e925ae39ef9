"""Logins by password, each written into the audit log, whichever door they come to."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from vitrine.access.audit import note
from vitrine.access.models import User


class RecordedPasswords(ModelBackend):
    """A failure names the person only where there is one: people type passwords into the other field."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        user = super().authenticate(request, username=username, password=password, **more)
        if user is not None:
            note("login.succeeded", target=user, by=user, request=request)
        elif username is not None:
            note("login.failed", target=User.objects.filter(username=username).first(), request=request)
        return user
