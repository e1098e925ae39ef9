"""Logins and sessions whose time is up are swept. Every worker may do it at any time."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from vitrine.access.models import Login

_AT_ONCE = 1_000


def forget_logins() -> int:
    """How many logins. The sessions are Django's, which sweeps none by itself."""
    now = timezone.now()
    sessions = Session.objects.filter(expire_date__lt=now).order_by("expire_date").values("pk")
    Session.objects.filter(pk__in=sessions[:_AT_ONCE]).delete()
    logins = Login.objects.filter(expires_at__lt=now).order_by("expires_at").values("pk")
    return Login.objects.filter(pk__in=logins[:_AT_ONCE]).delete()[0]
