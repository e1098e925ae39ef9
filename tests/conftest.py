"""What every test may ask for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from rest_framework.test import APIClient
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.builders import a_user
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.config.up import collect_static_files


@pytest.fixture(scope="session", autouse=True)
def _static_files() -> Iterator[None]:
    """Pages name static files by their content, so these must have been collected.

    Each client loads the middleware anew, and WhiteNoise then looks at a thousand files, which takes longer than most
    requests: they are looked at once, for as long as the settings that it reads are the same.
    """
    collect_static_files()
    looked_at: dict[tuple[object, ...], dict[str, Any]] = {}

    def once(name: str) -> Callable[..., None]:
        look = getattr(WhiteNoiseMiddleware, name)

        def remembered(self: WhiteNoiseMiddleware, *where: str) -> None:
            chosen = (self.autorefresh, self.use_finders, self.static_prefix, self.max_age)
            key = (name, *where, *chosen, self.allow_all_origins, self.charset)
            if key not in looked_at:
                before, self.files = self.files, {}
                look(self, *where)
                looked_at[key], self.files = self.files, before
            self.files.update(looked_at[key])

        return remembered

    with pytest.MonkeyPatch.context() as patch:
        for name in ("update_files_dictionary", "add_files_from_finders"):
            patch.setattr(WhiteNoiseMiddleware, name, once(name))
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Argon2 as ever, but not as dear: what makes it slow for thieves makes it slow for tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, value)
        yield


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
