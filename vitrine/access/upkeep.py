"""Logins and sessions whose time is up are swept. Every worker may do it at any time."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from vitrine.access.models import Login

_AT_ONCE = 1_000


def forget_logins() -> int:
    """How many."""
    over = Login.objects.filter(expires_at__lt=timezone.now()).order_by("expires_at").values("pk")
    old = Session.objects.filter(expire_date__lt=timezone.now()).order_by("expire_date").values("pk")
    return sum(
        model.objects.filter(pk__in=found[:_AT_ONCE]).delete()[0]
        for model, found in ((Login, over), (Session, old))
    )
