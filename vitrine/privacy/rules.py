"""What is kept, of whom, why, and for how long: the one list. The nightly sweep, its dry run, the page /privacy, the
record of processing and docs/privacy.md are made of it, so that none of them can say what another does not do.

A rule that ends something names the rows that are due, and either leaves them to `retention.py`, which deletes rows in
small batches, or names the verb that lets some go. What stays until somebody decides otherwise has `until` instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vitrine.access import audit, chain
from vitrine.access.limits import REFILLS
from vitrine.access.login import KNOWN
from vitrine.access.models import Login
from vitrine.access.tokens import LOGIN_LIFE
from vitrine.catalog import publishing
from vitrine.catalog.announcements import Announcement
from vitrine.catalog.models import Product
from vitrine.insight.days import KEEP_REPEATS
from vitrine.insight.models import Measure, ResponseTimes, TakenBatch, Visit
from vitrine.insight.rollup import KEEP
from vitrine.outreach.models import Delivery
from vitrine.privacy import days, export, logs, versions
from vitrine.privacy.models import Erasure, Export, RetentionRun
from vitrine.processing import upkeep
from vitrine.processing.models import Upload

Text = str | Promise
Due = Callable[[datetime, datetime], "Countable"]
"""Given now, and the moment before which something is too old: what must go, rows or files."""
Sweep = Callable[[datetime, datetime, int], int]
"""Given the same, and how many at most: lets some go and says how many; 0 when none is left."""


class Countable(Protocol):
    """A query, or what counts like one."""

    def count(self) -> int: ...


class Whom(StrEnum):
    """Whose data it is."""

    SHOPPERS = "shoppers"
    STAFF = "staff"
    NOBODY = "nobody"


class Basis(StrEnum):
    """On what ground of Art. 6(1) GDPR it is kept."""

    LEGITIMATE_INTEREST = "6(1)(f)"
    CONTRACT = "6(1)(b)"
    LEGAL_OBLIGATION = "6(1)(c)"
    NO_PERSONAL_DATA = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`kept` is a time, or the name of the setting that holds one (in days, or in seconds where it does not end with
    _DAYS), and never less than `least`; `variable` is the environment variable that changes it, empty where nothing
    does. A setting of 0 switches a rule off that says so (`optional`).
    """

    name: str
    what: Text
    why: Text
    whom: Whom
    basis: Basis
    tables: Sequence[str]
    kept: str | timedelta | None = None
    least: timedelta = timedelta(0)
    variable: str = ""
    until: Text = ""
    ends: Text = field(default=_("deleted"))
    optional: bool = False
    due: Due | None = None
    sweep: Sweep | None = None

    def life(self) -> timedelta | None:
        """None while nothing of it goes by its age."""
        value = getattr(settings, self.kept) if isinstance(self.kept, str) else self.kept
        if value is None or isinstance(value, timedelta):
            return value
        if self.optional and value == 0:
            return None
        is_days = str(self.kept).endswith("_DAYS")
        return max(timedelta(days=value) if is_days else timedelta(seconds=value), self.least)

    def rows_due(self, now: datetime) -> Countable | None:
        """None for what does not end by us, or not at all."""
        life = self.life()
        return None if self.due is None or life is None else self.due(now, now - life)


def _model(label: str) -> type[Model]:
    """Of a door above us, which we may not know."""
    return apps.get_model(label)


def _uploads(now: datetime, before: datetime) -> QuerySet[Any]:
    return Upload.objects.filter(created_at__lt=before)


def _products(now: datetime, before: datetime) -> QuerySet[Any]:
    return Product.objects.filter(deleted_at__lt=before)


def _response_times(span: str, before: datetime) -> QuerySet[Any]:
    return ResponseTimes.objects.filter(span=span, start__lt=before).order_by("start")


def _announced(now: datetime, before: datetime) -> QuerySet[Any]:
    return Announcement.objects.filter(at__lt=before).exclude(heard_at=None).order_by("at")


def _delivered(now: datetime, before: datetime) -> QuerySet[Any]:
    return Delivery.objects.filter(announcement__in=_announced(now, before).order_by())


_RULES_OF_SHOPPERS = (
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
_RULES_OF_STAFF = (
    Rule(
        name="accounts",
        what=_(
            "People with a login: name, mail address, role, password (hashed), second factor (sealed), when they last "
            "logged in; and the API keys that they made, with the networks that those were used from."
        ),
        why=_("To let in who may, and nobody else."),
        whom=Whom.STAFF,
        basis=Basis.CONTRACT,
        tables=("access_user", "access_apikey", "access_secondfactor", "access_identity"),
        until=_("until an admin erases the person"),
        ends=_("erased"),
    ),
    Rule(
        name="logins",
        what=_("Logins of programs and people: when they began, and a digest of network and browser."),
        why=_("To end stolen logins."),
        whom=Whom.STAFF,
        basis=Basis.LEGITIMATE_INTEREST,
        tables=("access_login",),
        kept=LOGIN_LIFE,
        due=lambda now, _before: Login.objects.filter(expires_at__lt=now).order_by("expires_at"),
    ),
    Rule(
        name="sessions",
        what=_("Sessions of the console."),
        why=_("To stay logged in."),
        whom=Whom.STAFF,
        basis=Basis.CONTRACT,
        tables=("django_session",),
        kept="SESSION_COOKIE_AGE",
        due=lambda now, _before: Session.objects.filter(expire_date__lt=now).order_by("expire_date"),
    ),
    Rule(
        name="login-counts",
        what=_("Hashes of names that were tried, and the addresses they were tried from; in memory."),
        why=_("To hold back who guesses passwords."),
        whom=Whom.STAFF,
        basis=Basis.LEGITIMATE_INTEREST,
        tables=("Redis",),
        kept=KNOWN,
    ),
    Rule(
        name="audit-names",
        what=_("Names and networks in the audit log: who did what, from where."),
        why=_("To be able to say later who did what, and to find misuse."),
        whom=Whom.STAFF,
        basis=Basis.LEGITIMATE_INTEREST,
        tables=("access_auditentry",),
        kept="AUDIT_DAYS",
        variable="AUDIT_DAYS",
        ends=_("taken out of the entry, which stays"),
        due=lambda _now, before: audit.remembered_before(before).order_by("at"),
        sweep=lambda _now, _before, _most: audit.forget_old_people(),
    ),
    Rule(
        name="audit",
        what=_(
            "Entries of the audit log without names: that something was done, and a random number for who did it."
        ),
        why=_("To show that nothing was changed unseen: entries are chained."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("access_auditentry",),
        kept="AUDIT_KEPT_DAYS",
        variable="AUDIT_KEPT_DAYS",
        optional=True,
        until=_("as long as the installation"),
        due=lambda _now, before: chain.before(before),
        sweep=lambda _now, before, most: chain.cut(before, most),
    ),
    Rule(
        name="exports",
        what=_("Archives of all that is kept on a person, made when the person or an admin asked."),
        why=_("To answer requests for access (Art. 15 and 20 GDPR)."),
        whom=Whom.STAFF,
        basis=Basis.LEGAL_OBLIGATION,
        tables=("privacy_export",),
        kept="EXPORT_DAYS",
        variable="EXPORT_DAYS",
        due=lambda _now, before: Export.objects.filter(created_at__lt=before),
        sweep=lambda _now, before, most: export.forget_old(before, most),
    ),
    Rule(
        name="erasures",
        what=_("That somebody was erased, and when; not who."),
        why=_("To show that requests for erasure were answered (Art. 5(2) and 17 GDPR)."),
        whom=Whom.NOBODY,
        basis=Basis.LEGAL_OBLIGATION,
        tables=("privacy_erasure",),
        kept="ERASURES_DAYS",
        due=lambda _now, before: Erasure.objects.filter(at__lt=before).exclude(done_at=None).order_by("at"),
    ),
)
_RULES_OF_THINGS = (
    Rule(
        name="uploads",
        what=_("Uploads that became nothing, with their bytes."),
        why=_("So that an upload can go on after a break."),
        whom=Whom.STAFF,
        basis=Basis.CONTRACT,
        tables=("processing_upload", "incoming/"),
        kept="UPLOAD_LIFE_S",
        due=_uploads,
        sweep=lambda _now, _before, _most: upkeep.sweep_uploads(),
    ),
    Rule(
        name="deleted-products",
        what=_("Products that were deleted, with every file and version."),
        why=_("So that a mistake can be mended."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("catalog_product", "catalog_assetversion", "catalog_variant", "processing_job", "models/"),
        kept="DELETED_DAYS",
        least=publishing.UNDO,
        variable="DELETED_DAYS",
        due=_products,
        sweep=lambda _now, _before, _most: upkeep.sweep_deleted(),
    ),
    Rule(
        name="old-versions",
        what=_("Versions of a product that are neither published nor its newest, with their files."),
        why=_("So that one can go back."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("catalog_assetversion", "catalog_variant", "models/"),
        kept="OLD_VERSIONS_DAYS",
        variable="OLD_VERSIONS_DAYS",
        optional=True,
        until=_("as long as the product"),
        due=lambda _now, before: versions.old(before),
        sweep=lambda _now, before, most: versions.forget_old(before, most),
    ),
    Rule(
        name="deliveries",
        what=_("Attempts to tell a webhook's receiver what happened, with what it answered."),
        why=_("To find out why one did not arrive, and to send it again."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("outreach_delivery",),
        kept="ANNOUNCEMENTS_DAYS",
        due=_delivered,
    ),
    Rule(
        name="announcements",
        what=_("What happened to products, in ids and numbers, to be told to webhooks."),
        why=_("So that no receiver misses anything."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("catalog_announcement",),
        kept="ANNOUNCEMENTS_DAYS",
        due=_announced,
    ),
    Rule(
        name="answers",
        what=_("Answers to requests that carry an Idempotency-Key, encrypted by that key."),
        why=_("To answer a repeated request as the first time."),
        whom=Whom.STAFF,
        basis=Basis.CONTRACT,
        tables=("api_repeat",),
        kept="ANSWER_LIFE_S",
        due=lambda _now, before: _model("api.Repeat")._default_manager.filter(created_at__lt=before),  # noqa: SLF001
    ),
    Rule(
        name="kept-reads",
        what=_("Products as the API answers them; in memory."),
        why=_("To answer faster."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("Redis",),
        kept="KEPT_READS_S",
    ),
    Rule(
        name="retention-runs",
        what=_("What each night's sweep took, in numbers."),
        why=_("To show that these rules are kept."),
        whom=Whom.NOBODY,
        basis=Basis.NO_PERSONAL_DATA,
        tables=("privacy_retentionrun",),
        kept="RETENTION_RUNS_DAYS",
        due=lambda _now, before: RetentionRun.objects.filter(day__lt=before.date()),
    ),
)

RULES: tuple[Rule, ...] = (*_RULES_OF_SHOPPERS, *_RULES_OF_STAFF, *_RULES_OF_THINGS)
"""What ends first stands before what it refers to: deliveries before announcements."""
