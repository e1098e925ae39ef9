"""A blob that comes in parts: in any order, at once, again; joined or forgotten once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.storage.promise.acts import (
    AN_HOUR_S,
    CHAIR,
    GLB,
    PART,
    BreaksHalfway,
    all_of,
    joined_and_forgotten,
    put_parts,
    some_bytes,
)
from vitrine.storage.blobs import BlobMissing, BlobStore, Part


def test_parts_in_any_order_become_one_blob(store: BlobStore) -> None:
    blob = some_bytes(2 * PART + 7)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)

    put_parts(store, parts_id, blob, 3, 1, 2)
    joined = store.join_parts(CHAIR, parts_id, count=3)

    assert (joined.key, joined.size) == (CHAIR, len(blob))
    assert all_of(store, CHAIR) == blob


def test_parts_may_arrive_at_once(store: BlobStore) -> None:
    blob = some_bytes(3 * PART + 7)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: put_parts(store, parts_id, blob, number), range(1, 5)))
    store.join_parts(CHAIR, parts_id, count=4)

    assert all_of(store, CHAIR) == blob


def test_what_arrived_is_told_by_number_and_size(store: BlobStore) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    before = store.parts(CHAIR, parts_id)

    put_parts(store, parts_id, some_bytes(2 * PART + 7), 3, 1)

    assert before == []
    assert store.parts(CHAIR, parts_id) == [Part(number=1, size=PART), Part(number=3, size=7)]


def test_a_part_that_comes_again_replaces_the_first(store: BlobStore) -> None:
    blob = some_bytes(PART + 7)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)

    put_parts(store, parts_id, some_bytes(PART + 7, seed=2), 1, 2)
    put_parts(store, parts_id, blob, 1, 2)
    store.join_parts(CHAIR, parts_id, count=2)

    assert all_of(store, CHAIR) == blob


def test_a_part_that_breaks_off_is_none_and_the_one_before_it_stays(store: BlobStore) -> None:
    blob = some_bytes(PART)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    put_parts(store, parts_id, blob, 1)

    for number in (1, 2):
        with pytest.raises(ConnectionResetError, match="line went dead"):
            store.put_part(CHAIR, parts_id, number, BreaksHalfway(b"half"))

    assert store.parts(CHAIR, parts_id) == [Part(number=1, size=PART)]
    store.join_parts(CHAIR, parts_id, count=1)
    assert all_of(store, CHAIR) == blob


def test_parts_are_no_blob_before_they_are_joined(store: BlobStore) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    put_parts(store, parts_id, b"chair", 1)

    with pytest.raises(BlobMissing):
        store.stat(CHAIR)
    assert list(store.keys()) == []


def test_nothing_is_joined_while_a_part_is_missing(store: BlobStore) -> None:
    blob = some_bytes(2 * PART + 7)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    put_parts(store, parts_id, blob, 1, 3)

    with pytest.raises(BlobMissing):
        store.join_parts(CHAIR, parts_id, count=3)

    assert list(store.keys()) == []
    put_parts(store, parts_id, blob, 2)
    store.join_parts(CHAIR, parts_id, count=3)
    assert all_of(store, CHAIR) == blob


def test_joining_twice_and_at_once_is_harmless(store: BlobStore) -> None:
    blob = some_bytes(2 * PART)
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    put_parts(store, parts_id, blob, 1, 2)

    with ThreadPoolExecutor(3) as pool:
        joined = list(pool.map(lambda _: store.join_parts(CHAIR, parts_id, count=2), range(3)))
    again = store.join_parts(CHAIR, parts_id, count=2)

    assert {one.size for one in (*joined, again)} == {len(blob)}
    assert all_of(store, CHAIR) == blob
    assert store.sweep_unfinished(older_than_s=0) == 0


def test_parts_that_were_joined_or_forgotten_are_not_there(store: BlobStore) -> None:
    for parts_id in joined_and_forgotten(store):
        with pytest.raises(BlobMissing):
            store.parts(CHAIR, parts_id)

    assert all_of(store, CHAIR) == b"chair"


def test_parts_that_were_joined_or_forgotten_take_no_more(store: BlobStore) -> None:
    for parts_id in joined_and_forgotten(store):
        with pytest.raises(BlobMissing):
            put_parts(store, parts_id, b"table", 1)

    assert all_of(store, CHAIR) == b"chair"


def test_forgetting_parts_twice_is_harmless_and_touches_no_others(store: BlobStore) -> None:
    first, second = (store.begin_parts(CHAIR, media_type=GLB) for _ in range(2))
    put_parts(store, first, b"table", 1)
    put_parts(store, second, b"chair", 1)

    store.forget_parts(CHAIR, first)
    store.forget_parts(CHAIR, first)

    store.join_parts(CHAIR, second, count=1)
    assert all_of(store, CHAIR) == b"chair"


def test_parts_that_nobody_joined_are_swept_when_old_enough(store: BlobStore) -> None:
    parts_id = store.begin_parts(CHAIR, media_type=GLB)
    put_parts(store, parts_id, b"chair", 1)

    swept = [store.sweep_unfinished(older_than_s=age) for age in (AN_HOUR_S, 0, 0)]

    assert swept == [0, 1, 0]
    with pytest.raises(BlobMissing):
        store.parts(CHAIR, parts_id)
