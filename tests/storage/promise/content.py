"""Blobs come back byte for byte, whole, in ranges, or not at all."""

import io

import pytest

from tests.storage.promise.acts import (
    GLB,
    MIB,
    BreaksHalfway,
    all_of,
    interrupt,
    keep,
    some_bytes,
    write_in_steps,
)
from vitrine.storage.blobs import Blob, BlobMissing, BlobStore, key_of


@pytest.mark.parametrize(
    "size",
    [0, 1, MIB - 1, MIB, MIB + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB, 17 * MIB + 3],
)
def test_what_was_put_comes_back_byte_for_byte(store: BlobStore, size: int) -> None:
    blob = some_bytes(size)

    kept = store.put(key_of("models", "chair.glb"), io.BytesIO(blob), media_type=GLB)

    assert kept.size == size
    assert all_of(store, kept.key) == blob


def test_what_was_written_in_odd_pieces_comes_back_whole(store: BlobStore) -> None:
    blob = some_bytes(9 * MIB)
    key = key_of("models/chair.glb")
    sizes = [1, 10, 70_000, 3 * MIB + 1, len(blob)]

    with store.write(key, media_type=GLB) as file:
        at = 0
        for size in sizes:
            file.write(blob[at : at + size])
            at += size

    assert all_of(store, key) == blob


def test_an_empty_block_keeps_an_empty_blob(store: BlobStore) -> None:
    key = key_of("empty")

    with store.write(key, media_type=GLB):
        pass

    assert store.stat(key).size == 0


def test_a_file_to_write_to_goes_forward_only(store: BlobStore) -> None:
    with store.write(key_of("a"), media_type=GLB) as file:
        seekable, readable = file.seekable(), file.readable()

    assert (seekable, readable) == (False, False)


def test_closing_the_file_to_write_to_early_is_harmless(store: BlobStore) -> None:
    key = key_of("a")

    with store.write(key, media_type=GLB) as file:
        file.write(b"chair")
        file.close()

    assert all_of(store, key) == b"chair"


def test_pieces_are_never_larger_than_one_mebibyte(store: BlobStore) -> None:
    key = keep(store, "a", some_bytes(2 * MIB + 5))

    sizes = [len(piece) for piece in store.open(key)]

    assert (sum(sizes), max(sizes)) == (2 * MIB + 5, MIB)


@pytest.mark.parametrize("sent", [0, 5, 17 * MIB])
def test_a_source_that_breaks_halfway_leaves_nothing(store: BlobStore, sent: int) -> None:
    key = key_of("models/chair.glb")

    with pytest.raises(ConnectionResetError, match="line went dead"):
        store.put(key, BreaksHalfway(some_bytes(sent)), media_type=GLB)

    with pytest.raises(BlobMissing):
        store.stat(key)
    assert list(store.keys()) == []


@pytest.mark.parametrize("written", [5, 17 * MIB])
def test_a_block_that_raises_leaves_nothing_not_even_unfinished(store: BlobStore, written: int) -> None:
    key = key_of("models/chair.glb")

    with pytest.raises(KeyboardInterrupt):
        write_in_steps(store, key, some_bytes(written), interrupt)

    assert list(store.keys()) == []
    assert store.sweep_unfinished(older_than_s=0) == 0


def test_a_failed_rewrite_leaves_the_blob_as_it_was(store: BlobStore) -> None:
    key = keep(store, "models/chair.glb", b"chair")

    with pytest.raises(ConnectionResetError):
        store.put(key, BreaksHalfway(some_bytes(17 * MIB)), media_type=GLB)

    assert all_of(store, key) == b"chair"


@pytest.mark.parametrize("written", [5, 17 * MIB])
def test_nobody_sees_a_blob_before_its_block_has_ended(store: BlobStore, written: int) -> None:
    key = key_of("models/chair.glb")

    with store.write(key, media_type=GLB) as file:
        file.write(some_bytes(written))
        file.flush()
        seen_by_list = list(store.keys())
        with pytest.raises(BlobMissing):
            store.open(key)

    assert seen_by_list == []
    assert list(store.keys()) == [key]


def test_putting_the_same_bytes_again_is_harmless(store: BlobStore) -> None:
    key = keep(store, "models/chair.glb", b"chair")

    again = store.put(key, io.BytesIO(b"chair"), media_type=GLB)

    assert again.size == 5
    assert all_of(store, key) == b"chair"
    assert list(store.keys()) == [key]


def test_stat_says_what_put_said(store: BlobStore) -> None:
    kept = store.put(key_of("a"), io.BytesIO(b"chair"), media_type=GLB)

    assert store.stat(key_of("a")) == kept == Blob(key=key_of("a"), size=5, etag=kept.etag)


def test_an_etag_can_stand_between_quotes(store: BlobStore) -> None:
    etag = store.stat(keep(store, "a")).etag

    assert etag
    assert all(c == "!" or "#" <= c <= "~" for c in etag)


def test_other_bytes_under_the_same_key_have_another_etag(store: BlobStore) -> None:
    before = store.stat(keep(store, "a", b"chair"))

    after = store.stat(keep(store, "a", b"table"))

    assert before.etag != after.etag


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, None, b"0123456789"),
        (0, 10, b"0123456789"),
        (0, 1, b"0"),
        (3, 7, b"3456"),
        (9, None, b"9"),
        (9, 10, b"9"),
        (4, 1000, b"456789"),
        (10, None, b""),
        (10, 12, b""),
        (400, 500, b""),
        (5, 5, b""),
        (5, 2, b""),
    ],
)
def test_a_range_is_cut_like_a_slice(store: BlobStore, start: int, end: int | None, expected: bytes) -> None:
    key = keep(store, "a", b"0123456789")

    assert all_of(store, key, start=start, end=end) == expected


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 5), (3, None)])
def test_any_range_of_an_empty_blob_is_empty(store: BlobStore, start: int, end: int | None) -> None:
    key = keep(store, "a", b"")

    assert all_of(store, key, start=start, end=end) == b""


def test_a_range_across_parts_and_pieces_is_exact(store: BlobStore) -> None:
    blob = some_bytes(17 * MIB)
    key = keep(store, "a", blob)

    assert all_of(store, key, start=MIB - 1, end=16 * MIB + 2) == blob[MIB - 1 : 16 * MIB + 2]


def test_a_negative_start_is_a_mistake_of_the_caller(store: BlobStore) -> None:
    key = keep(store, "a")

    with pytest.raises(ValueError, match="negative; it is -1"):
        store.open(key, start=-1)


def test_a_reader_may_stop_early(store: BlobStore) -> None:
    pieces = store.open(keep(store, "a", some_bytes(3 * MIB)))

    first = next(pieces)
    pieces.close()

    assert len(first) == MIB
    assert list(pieces) == []


def test_a_reader_that_never_began_may_stop(store: BlobStore) -> None:
    pieces = store.open(keep(store, "a"))

    pieces.close()

    assert list(pieces) == []
