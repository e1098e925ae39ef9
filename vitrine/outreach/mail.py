"""A word to whoever made an endpoint that was disabled."""

from collections.abc import Sequence

import structlog
from django.core.mail import send_mail

from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.outreach.models import Endpoint

log = structlog.get_logger()

_TEXT = """Vitrine no longer sends webhooks to

    {url}

{because}

Once the receiver is well again, enable the endpoint: PATCH /api/webhooks/{id}/ with {{"enabled": true}}.
What failed meanwhile can be sent again from its deliveries.
"""


def tell_makers() -> int:
    """Send the mails that are due; one that cannot be sent is due again in ten minutes. How many were sent."""
    sent = 0
    while (endpoint := Endpoint.claim_mail()) is not None:
        sent += _tell(endpoint)
    return sent


def _tell(endpoint: Endpoint) -> bool:
    to = _readers(endpoint)
    if not to:
        log.warning(
            "webhook_disabled_untold", endpoint=str(endpoint.pk), reason="no admin has a mail address"
        )
        endpoint.note_mailed()
        return False
    url = endpoint.url.partition("?")[0]  # receivers may keep a secret of theirs in the query
    text = _TEXT.format(url=url, because=endpoint.disabled_because, id=endpoint.pk)
    try:
        send_mail("A webhook was disabled", text, None, to)
    except OSError as error:  # smtplib's are among them
        log.warning("mail_unsent", endpoint=str(endpoint.pk), reason=type(error).__name__)
        return False  # what a mail server says may name the mailbox
    endpoint.note_mailed()
    return True


def _readers(endpoint: Endpoint) -> Sequence[str]:
    """Its maker, else every admin; those without an address cannot be told."""
    maker = endpoint.created_by
    if maker is not None and maker.email and maker.is_active:
        return [maker.email]
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(email="")
    return list(admins.values_list("email", flat=True))
