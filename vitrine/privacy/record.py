"""The record of processing activities (Art. 30 GDPR), and the table of docs/privacy.md: both made of the rules."""

from collections.abc import Iterator, Sequence

from django.conf import settings

from vitrine.privacy.rule import Rule, Whom
from vitrine.privacy.rules import RULES
from vitrine.privacy.words import BASIS, WHOM, how_long

_HEAD = """# Record of processing activities

Made by `manage.py privacy record` of the rules that Vitrine deletes by; as the installation is set today.

| | |
|---|---|
"""
_SECURITY = (
    "TLS on every way out; passwords by Argon2; secrets sealed or kept as digests; roles and one list of addresses; "
    "an audit log that shows tampering; addresses without their last part; SECURITY.md has the rest"
)


def record_of_processing() -> str:
    rows = [(str(name), str(said)) for name, said in _about()]
    about = "\n".join(f"| {name} | {_cell(said)} |" for name, said in rows)
    return "\n\n".join([_HEAD + about, *_activities()]) + "\n"


def rules_table(rules: Sequence[Rule] = RULES) -> str:
    """What is kept, of whom, how long, and by which variable that changes."""
    lines = ["| kept | of | for | then it is | changed by |", "|---|---|---|---|---|"]
    for rule in rules:
        variable = f"`{rule.variable}`" if rule.variable else ""
        cells = (rule.what, WHOM[rule.whom], how_long(rule), rule.ends, variable)
        lines.append(f"| {' | '.join(_cell(str(cell)) for cell in cells)} |")
    return "\n".join(lines)


def _about() -> Iterator[tuple[str, object]]:
    yield "Controller", settings.PRIVACY_CONTACT or "not told: set PRIVACY_CONTACT"
    yield "Whose data", ", ".join(str(WHOM[one]) for one in Whom if one is not Whom.NOBODY)
    yield "Recipients", "; ".join(_recipients())
    yield (
        "Transfers to third countries",
        "none by Vitrine itself; those of the recipients are the operator's to name",
    )
    yield "Security (Art. 32)", _SECURITY


def _recipients() -> Iterator[str]:
    """Whom this installation hands something to, by its settings."""
    bucket = settings.AWS_BUCKET_NAME
    yield f"the bucket {bucket} (files)" if bucket else "no outside store: files stay on this machine"
    if settings.CDN_URL:
        yield f"the CDN at {settings.CDN_URL} (addresses of who reads files, which Vitrine does not see)"
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield f"the mail server {settings.EMAIL_HOST} (names and mail addresses of people with a login)"
    if settings.OIDC_ISSUER:
        yield f"the login provider {settings.OIDC_ISSUER}"
    yield "receivers of webhooks (ids of products, no personal data)"


def _activities() -> Iterator[str]:
    for rule in RULES:
        rows = (
            ("Purpose", rule.why),
            ("Data", rule.what),
            ("Of", WHOM[rule.whom]),
            ("Ground", BASIS[rule.basis]),
            ("Kept", how_long(rule)),
            ("Then", rule.ends),
            ("Where", ", ".join(rule.tables)),
        )
        body = "\n".join(f"| {name} | {_cell(str(said))} |" for name, said in rows)
        yield f"## {rule.name}\n\n| | |\n|---|---|\n{body}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
