from collections.abc import Iterator

import pytest

from tests.storage.s3_server import moto_server

pytest.register_assert_rewrite("tests.storage.promise")


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """A moto_server for the whole run; every test makes a bucket of its own."""
    with moto_server() as address:
        yield address
