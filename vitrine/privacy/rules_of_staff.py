"""What is kept of people with a login."""

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from vitrine.access import audit, chain
from vitrine.access.login import KNOWN
from vitrine.access.models import Login
from vitrine.access.tokens import LOGIN_LIFE
from vitrine.privacy import export
from vitrine.privacy.models import Erasure, Export
from vitrine.privacy.rule import Basis, Rule, Whom

RULES_OF_STAFF = (
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
