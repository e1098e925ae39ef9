import pytest

from tests.storage.promise import *  # noqa: F403 -- every promise is a test of this store
from vitrine.storage.blobs import BlobStore
from vitrine.storage.memory import MemoryStore


@pytest.fixture
def store() -> BlobStore:
    return MemoryStore()
