"""Who looks: a stranger, or somebody with a login."""

from django.http import HttpRequest

from vitrine.access.arrival import caller_of
from vitrine.access.roles import Action


def reads_unpublished(request: HttpRequest) -> bool:
    """Whether the one who asks may see what strangers may not."""
    caller = caller_of(request)
    return caller is not None and caller.may(Action.READ)
