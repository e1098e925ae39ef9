"""What every test may ask for."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.builders import a_user
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.config.up import collect_static_files


@pytest.fixture(scope="session", autouse=True)
def _static_files() -> None:
    """Pages name static files by their content, so these must have been collected."""
    collect_static_files()


Caller = Callable[[Role | User | None], APIClient]


@pytest.fixture
def calling(db: None) -> Caller:
    """`calling(Role.EDITOR)`: a client of somebody with that role; `calling(None)`: of a stranger."""

    def client_of(who: Role | User | None) -> APIClient:
        client = APIClient()
        if who is not None:
            client.force_authenticate(who if isinstance(who, User) else a_user(who))
            # A scheme that nobody knows: the quick read, which DRF's client cannot tell who calls, leaves it alone.
            client.credentials(HTTP_AUTHORIZATION="Forced")
        return client

    return client_of
