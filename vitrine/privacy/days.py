"""Events go by whole days: a day's table is dropped once its last event is too old and all of it was added up."""

from datetime import UTC, datetime, time

from django.db.models import QuerySet

from vitrine.insight import days
from vitrine.insight.models import Event


def old(_: datetime, before: datetime) -> QuerySet[Event]:
    """Events of the days that are over by then."""
    return Event.objects.filter(at__lt=datetime.combine(before.astimezone(UTC).date(), time(), UTC))


def forget_old(_now: datetime, before: datetime, _most: int) -> int:
    """How many events. A day that somebody uses, or that is not added up yet, is dropped another night."""
    return days.drop_before(before.astimezone(UTC).date())
