"""Blobs lie under their names: missing, deleted, moved, listed, written at once; and the store's own check."""

import io
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.storage.promise.acts import (
    AN_HOUR_S,
    GLB,
    MIB,
    all_of,
    keep,
    some_bytes,
)
from vitrine.storage.blobs import BadKey, BlobMissing, BlobStore, Key, key_of


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.open(key_of("models/gone.glb")),
        lambda store: store.open(key_of("models/gone.glb"), start=3, end=5),
        lambda store: store.open(key_of("models/gone.glb"), start=3, end=3),
        lambda store: store.stat(key_of("models/gone.glb")),
        lambda store: store.stat(key_of("models")),
        lambda store: store.open(key_of("models")),
        lambda store: store.stat(key_of("models/chair.glb/inside")),
        lambda store: store.move(key_of("models/gone.glb"), key_of("b"), media_type=GLB),
    ],
    ids=["open", "range", "no range", "stat", "stat folder", "open folder", "stat inside", "move"],
)
def test_what_is_not_there_is_missing_at_once(store: BlobStore, ask: Callable[[BlobStore], object]) -> None:
    keep(store, "models/chair.glb")

    with pytest.raises(BlobMissing):
        ask(store)

    assert list(store.keys()) == ["models/chair.glb"]


def test_a_deleted_blob_is_gone_and_its_neighbour_is_not(store: BlobStore) -> None:
    chair, table = keep(store, "models/chair.glb"), keep(store, "models/table.glb", b"table")

    store.delete(chair)

    with pytest.raises(BlobMissing):
        store.stat(chair)
    assert list(store.keys()) == [table]


def test_deleting_twice_is_harmless(store: BlobStore) -> None:
    chair = keep(store, "models/chair.glb")

    store.delete(chair)
    store.delete(chair)
    store.delete(key_of("never/was"))

    assert list(store.keys()) == []


def test_deleting_a_folder_s_name_deletes_nothing(store: BlobStore) -> None:
    chair = keep(store, "models/chair.glb")

    store.delete(key_of("models"))

    assert all_of(store, chair) == b"chair"


def test_a_key_can_be_used_again_after_its_blob_was_deleted(store: BlobStore) -> None:
    store.delete(keep(store, "a/b/c", b"chair"))

    key = keep(store, "a/b/c", b"table")

    assert all_of(store, key) == b"table"


def test_a_moved_blob_has_its_new_name_only(store: BlobStore) -> None:
    blob = some_bytes(9 * MIB)
    source, target = keep(store, "uploads/1", blob), key_of("models/1/chair.glb")

    moved = store.move(source, target, media_type=GLB)

    assert (moved.key, moved.size) == (target, len(blob))
    assert list(store.keys()) == [target]
    assert all_of(store, target) == blob


def test_an_empty_blob_moves_too(store: BlobStore) -> None:
    moved = store.move(keep(store, "uploads/1", b""), key_of("a"), media_type=GLB)

    assert moved.size == 0
    assert list(store.keys()) == ["a"]


def test_moving_twice_is_harmless(store: BlobStore) -> None:
    source, target = keep(store, "uploads/1"), key_of("models/chair.glb")
    first = store.move(source, target, media_type=GLB)

    second = store.move(source, target, media_type=GLB)

    assert first == second
    assert all_of(store, target) == b"chair"


def test_moving_onto_a_blob_replaces_it(store: BlobStore) -> None:
    source, target = keep(store, "uploads/1", b"table"), keep(store, "models/a", b"chair")

    store.move(source, target, media_type=GLB)

    assert all_of(store, target) == b"table"
    assert list(store.keys()) == [target]


def test_moving_onto_itself_changes_nothing(store: BlobStore) -> None:
    key = keep(store, "a")

    moved = store.move(key, key, media_type=GLB)

    assert moved == store.stat(key)
    assert all_of(store, key) == b"chair"


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", {"models/1/a.glb", "models/1/b.glb", "models/12/a.glb", "uploads/1"}),
        ("models/", {"models/1/a.glb", "models/1/b.glb", "models/12/a.glb"}),
        ("models/1", {"models/1/a.glb", "models/1/b.glb", "models/12/a.glb"}),
        ("models/1/", {"models/1/a.glb", "models/1/b.glb"}),
        ("models/1/a.glb", {"models/1/a.glb"}),
        ("m", {"models/1/a.glb", "models/1/b.glb", "models/12/a.glb"}),
        ("models/1/a.glb/", set()),
        ("nothing/here", set()),
        ("/", set()),
        ("../", set()),
        ("models/../uploads/", set()),
    ],
)
def test_keys_are_listed_by_how_they_begin(store: BlobStore, prefix: str, expected: set[str]) -> None:
    for name in ("models/1/a.glb", "models/1/b.glb", "models/12/a.glb", "uploads/1"):
        keep(store, name)

    found = list(store.keys(prefix))

    assert (set(found), len(found)) == (expected, len(expected))


def test_more_than_a_thousand_keys_are_all_listed_once(store: BlobStore) -> None:
    names = {f"many/{number // 50}/{number}" for number in range(1050)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: keep(store, name, b""), names))

    found = list(store.keys("many/"))

    assert (set(found), len(found)) == (names, 1050)


def test_an_empty_store_has_no_keys(store: BlobStore) -> None:
    assert list(store.keys()) == []
    assert list(store.keys("models/")) == []


def test_the_same_blob_put_by_many_at_once_is_whole(store: BlobStore) -> None:
    blob, key = some_bytes(9 * MIB), key_of("models/chair.glb")

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: store.put(key, io.BytesIO(blob), media_type=GLB), range(4)))

    assert {each.size for each in kept} == {len(blob)}
    assert list(store.keys()) == [key]
    assert all_of(store, key) == blob


def test_whoever_reads_while_others_write_sees_one_whole_blob(store: BlobStore) -> None:
    versions = [some_bytes(300_000, seed=seed) for seed in (1, 2)]
    key = keep(store, "models/chair.glb", versions[0])
    enough = threading.Event()

    def write_both() -> None:
        for number in itertools.count():
            keep(store, key, versions[number % 2])
            if enough.is_set():
                return

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write_both)
        seen = [all_of(store, key) for _ in range(30)]
        enough.set()
        writing.result()

    assert len(seen) == 30
    assert all(blob in versions for blob in seen)


def test_neighbours_that_come_and_go_at_once_do_not_disturb_each_other(store: BlobStore) -> None:
    def come_and_go(number: int) -> bytes:
        key = key_of("models/1", f"{number}.glb")
        came_back = b""
        for _ in range(10):
            keep(store, key, key.encode())
            came_back = all_of(store, key)
            store.delete(key)
        return came_back

    with ThreadPoolExecutor(6) as pool:
        came_back = list(pool.map(come_and_go, range(6)))

    assert came_back == [f"models/1/{number}.glb".encode() for number in range(6)]
    assert list(store.keys()) == []


@pytest.mark.parametrize(
    "name",
    ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", ".hidden", "a/.b", "a b", "a\\b", "ä", "a\n",
     "a\0", "a:b", "a?b", "%2e%2e", "x" * 256, "/".join(["segment"] * 65)],
)  # fmt: skip
def test_a_bad_key_is_refused_by_every_call(store: BlobStore, name: str) -> None:
    bad, good = Key(name), keep(store, "a")

    calls: list[Callable[[], object]] = [
        lambda: store.put(bad, io.BytesIO(b"x"), media_type=GLB),
        lambda: store.write(bad, media_type=GLB).__enter__(),
        lambda: store.open(bad),
        lambda: store.stat(bad),
        lambda: store.delete(bad),
        lambda: store.move(bad, good, media_type=GLB),
        lambda: store.move(good, bad, media_type=GLB),
        lambda: store.begin_parts(bad, media_type=GLB),
    ]

    for call in calls:
        with pytest.raises(BadKey):
            call()
    assert list(store.keys()) == ["a"]


def test_the_longest_key_there_may_be_is_kept(store: BlobStore) -> None:
    key = keep(store, "/".join(["a" * 255, "b" * 254, "c"]))

    assert len(key) == 512
    assert list(store.keys()) == [key]


def test_a_sweep_leaves_blobs_and_young_writes_alone(store: BlobStore) -> None:
    kept, key, blob = keep(store, "a"), key_of("b"), some_bytes(17 * MIB)

    with store.write(key, media_type=GLB) as file:
        file.write(blob)
        swept = store.sweep_unfinished(older_than_s=AN_HOUR_S)

    assert swept == 0
    assert set(store.keys()) == {kept, key}
    assert all_of(store, key) == blob


def test_a_healthy_store_passes_its_own_check_and_leaves_no_trace(store: BlobStore) -> None:
    store.check()

    assert list(store.keys()) == []
