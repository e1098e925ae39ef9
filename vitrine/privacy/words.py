"""How the rules read: for the page /privacy, the record of processing, and docs/privacy.md."""

from datetime import timedelta
from math import ceil

from django.utils.translation import gettext, gettext_lazy, ngettext

from vitrine.privacy.rule import Basis, Rule, Whom

WHOM = {
    Whom.SHOPPERS: gettext_lazy("visitors of product pages"),
    Whom.STAFF: gettext_lazy("people with a login"),
    Whom.NOBODY: gettext_lazy("nobody: no personal data"),
}
BASIS = {
    Basis.LEGITIMATE_INTEREST: gettext_lazy("legitimate interest, Art. 6(1)(f) GDPR"),
    Basis.CONTRACT: gettext_lazy("what the login was made for, Art. 6(1)(b) GDPR"),
    Basis.LEGAL_OBLIGATION: gettext_lazy("a legal obligation, Art. 6(1)(c) GDPR"),
    Basis.NO_PERSONAL_DATA: gettext_lazy("none needed: no personal data"),
}
_AS_MINUTES, _AS_HOURS = timedelta(hours=2), timedelta(days=2)


def how_long(rule: Rule) -> str:
    """30 days; or until when, for what does not go by its age."""
    life = rule.life()
    if life is None:
        return str(rule.until)
    if life == timedelta(0):
        return gettext("not at all: it goes at once")
    return span(life)


def span(life: timedelta) -> str:
    """How long that is, in one unit: 6 days, 5 hours, 34 minutes."""
    if life < _AS_MINUTES:
        minutes = ceil(life / timedelta(minutes=1))
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if life < _AS_HOURS:
        hours = round(life / timedelta(hours=1))
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", life.days) % {"count": life.days}
