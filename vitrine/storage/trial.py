"""The small blob that every store's `check` sends there and back."""

import io
import secrets

from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BlobMissing, BlobStore, key_of


def try_out(store: BlobStore) -> None:
    """Write, list, read and delete one blob under `check/`. StoreFailed when any of it fails."""
    key = key_of("check", secrets.token_hex(16))
    sent = secrets.token_bytes(1024)
    try:
        store.put(key, io.BytesIO(sent), media_type="application/octet-stream")
        came_back = b"".join(store.open(key))
        listed = list(store.keys(key))
    except BlobMissing as error:
        raise StoreFailed(
            "A blob that was just written is not there. Check that nothing else cleans up."
        ) from error
    finally:
        store.delete(key)
    if came_back != sent:
        raise StoreFailed("A blob came back with other bytes than were written. Do not use this store.")
    if listed != [key]:
        raise StoreFailed("A blob that was just written is missing from the store's list.")
