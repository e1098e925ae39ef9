"""Whether those whom an answer that takes long was begun for may still have the rest of it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone

from vitrine.access.models import Login, User


@dataclass(frozen=True, slots=True)
class Visit:
    """A person, and what they came in by: the console's session, a login's token, or neither (an API key)."""

    person_id: UUID
    session: str | None = None
    login_id: UUID | None = None


def still_here(visits: Collection[Visit]) -> set[Visit]:
    """Those that have not logged out and were not shut out since. Three queries, however many there are."""
    people = set(
        User.objects.filter(pk__in=[one.person_id for one in visits], is_active=True).values_list("pk")
    )
    sessions = set(
        Session.objects.filter(
            pk__in=[one.session for one in visits if one.session], expire_date__gt=timezone.now()
        ).values_list("pk")
    )
    logins = set(
        Login.objects.filter(pk__in=[one.login_id for one in visits if one.login_id]).values_list("pk")
    )
    return {
        one
        for one in visits
        if (one.person_id,) in people
        and (one.session is None or (one.session,) in sessions)
        and (one.login_id is None or (one.login_id,) in logins)
    }
