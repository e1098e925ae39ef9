"""A word to whoever made an endpoint that was disabled."""

from collections.abc import Sequence

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext, gettext_noop, override

from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.outreach.models import Endpoint
from vitrine.wording import worded

log = structlog.get_logger()

_SUBJECT = gettext_noop("A webhook was disabled")
_TEXT = gettext_noop("""Vitrine no longer sends webhooks to

    {url}

{because}

Once the receiver is well again, enable the endpoint: PATCH /api/webhooks/{id}/ with {{"enabled": true}}.
What failed meanwhile can be sent again from its deliveries.
""")


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
    try:
        for person in to:
            _send(endpoint, person)
    except OSError as error:  # smtplib's are among them
        log.warning("mail_unsent", endpoint=str(endpoint.pk), reason=type(error).__name__)
        return False  # what a mail server says may name the mailbox
    endpoint.note_mailed()
    return True


def _send(endpoint: Endpoint, person: User) -> None:
    url = endpoint.url.partition("?")[0]  # receivers may keep a secret of theirs in the query
    with override(person.language or settings.LANGUAGE_CODE):
        because = worded(endpoint.disabled_because)
        text = gettext(_TEXT).format(url=url, because=because, id=endpoint.pk)
        send_mail(gettext(_SUBJECT), text, None, [person.email])


def _readers(endpoint: Endpoint) -> Sequence[User]:
    """Its maker, else every admin; those without an address cannot be told."""
    maker = endpoint.created_by
    if maker is not None and maker.email and maker.is_active:
        return [maker]
    return list(User.objects.filter(role=Role.ADMIN, is_active=True).exclude(email=""))
