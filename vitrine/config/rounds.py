"""What every worker looks after, over and over: each of these may be done by several at once, and die halfway."""

from collections.abc import Callable

from vitrine.access import chain
from vitrine.insight import days, requests, rollup
from vitrine.outreach import mail
from vitrine.privacy import erase, export, retention
from vitrine.processing import campaigns, upkeep

ROUNDS: tuple[Callable[[], object], ...] = (
    upkeep.sweep,
    campaigns.feed,
    days.keep_ahead,
    rollup.roll_up,
    requests.add_up_requests,
    chain.seal,
    mail.tell_makers,
    export.make_those_asked_for,
    erase.finish_those_begun,
    retention.nightly,
)
