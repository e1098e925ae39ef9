"""What every worker looks after, over and over: each of these may be done by several at once, and die halfway."""

from collections.abc import Callable

from vitrine.access import audit, chain
from vitrine.access import upkeep as logins
from vitrine.api import models as answers
from vitrine.catalog import announcements
from vitrine.insight import days, rollup
from vitrine.outreach import mail
from vitrine.processing import upkeep

ROUNDS: tuple[Callable[[], object], ...] = (
    upkeep.sweep,
    logins.forget_logins,
    days.keep_ahead,
    rollup.roll_up,
    days.forget_old,
    rollup.forget_old_measures,
    answers.forget_old_answers,
    chain.seal,
    audit.forget_old_people,
    announcements.forget_heard,
    mail.tell_makers,
)
