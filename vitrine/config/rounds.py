"""What every worker looks after, over and over: each of these may be done by several at once, and die halfway."""

from collections.abc import Callable

from vitrine.access import audit, chain
from vitrine.access import upkeep as logins
from vitrine.api import models as answers
from vitrine.catalog import announcements
from vitrine.insight import record
from vitrine.outreach import mail
from vitrine.processing import campaigns, upkeep

ROUNDS: tuple[Callable[[], object], ...] = (
    upkeep.sweep,
    campaigns.feed,
    logins.forget_logins,
    record.forget_old,
    answers.forget_old_answers,
    chain.seal,
    audit.forget_old_people,
    announcements.forget_heard,
    mail.tell_makers,
)
