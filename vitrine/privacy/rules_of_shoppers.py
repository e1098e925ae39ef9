"""What is kept of those who look at products, and what it adds up to."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from vitrine.access.limits import REFILLS
from vitrine.insight.days import KEEP_REPEATS
from vitrine.insight.models import Measure, ResponseTimes, TakenBatch, Visit
from vitrine.insight.rollup import KEEP
from vitrine.privacy import days, logs
from vitrine.privacy.rule import Basis, Rule, Whom


def _response_times(span: str, before: datetime) -> QuerySet[Any]:
    return ResponseTimes.objects.filter(span=span, start__lt=before).order_by("start")


RULES_OF_SHOPPERS = (
    Rule(
        name="events",
        what=_(
            "What a product's viewer saw happen: load times, errors, touches, AR. "
            "No cookie, no identifier, no address; a random number links the events of one page view and ends with it."
        ),
        why=_("To see whether products load, and to count views."),
        whom=Whom.SHOPPERS,
        basis=Basis.LEGITIMATE_INTEREST,
        tables=("insight_event",),
        kept="EVENTS_DAYS",
        variable="EVENTS_DAYS",
        due=days.old,
        sweep=days.forget_old,
    ),
    Rule(
        name="visits",
        what=_("That a page view came so far with a product, by the random number of that view."),
        why=_("To count each page view once."),
        whom=Whom.SHOPPERS,
        basis=Basis.LEGITIMATE_INTEREST,
        tables=("insight_visit",),
        kept=KEEP_REPEATS,
        due=lambda _now, before: Visit.objects.filter(at__lt=before).order_by("at"),
    ),
    Rule(
        name="batches",
        what=_("Random numbers of what was sent by viewers."),
        why=_("To count nothing twice."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("insight_takenbatch",),
        kept=KEEP_REPEATS,
        due=lambda _now, before: TakenBatch.objects.filter(at__lt=before).order_by("at"),
    ),
    Rule(
        name="hours",
        what=_("What events add up to in an hour: numbers by product, kind of device and network."),
        why=_("To see lately what was looked at, and how fast it came."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("insight_measure",),
        kept=KEEP["hour"],
        due=lambda _now, before: Measure.objects.filter(span="hour", start__lt=before).order_by("start"),
    ),
    Rule(
        name="days",
        what=_("The same for a day."),
        why=_("To compare a month with the same month of the years before."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("insight_measure",),
        kept=KEEP["day"],
        due=lambda _now, before: Measure.objects.filter(span="day", start__lt=before).order_by("start"),
    ),
    Rule(
        name="response-hours",
        what=_("How many requests of which kind were answered how fast in an hour: numbers."),
        why=_("To see lately whether the service is fast enough."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("insight_responsetimes",),
        kept=KEEP["hour"],
        due=lambda _now, before: _response_times("hour", before),
    ),
    Rule(
        name="response-days",
        what=_("The same for a day."),
        why=_("To compare a month with the same month of the years before."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("insight_responsetimes",),
        kept=KEEP["day"],
        due=lambda _now, before: _response_times("day", before),
    ),
    Rule(
        name="request-log",
        what=_(
            "One line for each request: time, path, status, duration, the network it came from (the address without "
            "its last part), and for who is logged in the number of the login."
        ),
        why=_("To find faults and to fend off attacks."),
        whom=Whom.SHOPPERS,
        basis=Basis.LEGITIMATE_INTEREST,
        tables=("DATA_DIR/logs",),
        kept="LOG_DAYS",
        variable="LOG_DAYS",
        due=logs.old,
        sweep=lambda now, before, _most: logs.forget_old(now, before),
    ),
    Rule(
        name="limits",
        what=_("How many requests came in the last moments from an address, a person or a key; in memory."),
        why=_("To fend off floods."),
        whom=Whom.SHOPPERS,
        basis=Basis.LEGITIMATE_INTEREST,
        tables=("Redis",),
        kept=REFILLS,
    ),
)
