"""Who calls, by which door, and how large the parts of uploads are."""

from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from tests.api.entering import Door, entering
from tests.builders import a_user
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.processing import uploads


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three parts of GLB: 80, 80 and 48 bytes."""
    monkeypatch.setattr(uploads, "PART_BYTES", 80)
    monkeypatch.setattr(uploads, "_MIB", 1)


@pytest.fixture
def editor(calling: Caller) -> APIClient:
    return calling(a_user(Role.EDITOR))


@pytest.fixture
def door(transactional_db: None) -> Iterator[Door]:
    with entering() as door:
        yield door
