"""Who looks: a stranger, or somebody with a login."""

from django.http import HttpRequest

from vitrine.access.models import User
from vitrine.access.roles import Action, Role, may
from vitrine.access.tokens import bearer_of


def reads_unpublished(request: HttpRequest) -> bool:
    """Whether the one who asks may see what strangers may not."""
    user = request.user if isinstance(request.user, User) else bearer_of(request)
    return may(Role(user.role) if user else None, Action.READ)
