"""The store is one for all tests: what these leave in it would puzzle others."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from vitrine.catalog import files


@pytest.fixture(autouse=True)
def _swept_store() -> Iterator[None]:
    before = set(files.store().keys())
    yield
    for log in (settings.DATA_DIR / "logs").glob("*.log*"):
        if log.name.split(".")[0] in {"web", "worker", "gone"}:
            log.unlink()
    for key in set(files.store().keys()) - before:
        files.store().delete(key)
