"""What a rule is: what is kept, of whom, why, and for how long.

A rule that ends something names the rows that are due, and either leaves them to `retention.py`, which deletes rows in
small batches, or names the verb that lets some go. What stays until somebody decides otherwise has `until` instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
