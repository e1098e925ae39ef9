"""What every BlobStore keeps. A store's own test file takes all of it with `import *` and gives `store`."""

import io
import itertools
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from vitrine.storage.blobs import BadKey, Blob, BlobMissing, BlobStore, Key, Part, key_of

MIB = 1024 * 1024
GLB = "model/gltf-binary"
FIFTY_YEARS_S = 50 * 365 * 86_400


def some_bytes(size: int, *, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 -- the same every time


def keep(store: BlobStore, name: str, blob: bytes = b"chair") -> Key:
    key = key_of(name)
    store.put(key, io.BytesIO(blob), media_type=GLB)
    return key


def all_of(store: BlobStore, key: Key, *, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(store.open(key, start=start, end=end))


def write_in_steps(store: BlobStore, key: Key, *steps: bytes | Callable[[], object]) -> None:
    """One write: bytes are written, whatever else is called in between."""
    with store.write(key, media_type=GLB) as file:
        for step in steps:
            if isinstance(step, bytes):
                file.write(step)
            else:
                step()


def interrupt() -> None:
    raise KeyboardInterrupt


class BreaksHalfway(io.BytesIO):
    """A source that gives what it has and raises instead of ending."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError("the shopkeeper's line went dead")
        return piece


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
        swept = store.sweep_unfinished(older_than_s=FIFTY_YEARS_S)

    assert swept == 0
    assert set(store.keys()) == {kept, key}
    assert all_of(store, key) == blob


def test_a_healthy_store_passes_its_own_check_and_leaves_no_trace(store: BlobStore) -> None:
    store.check()

    assert list(store.keys()) == []


PART = 5 * MIB  # S3 takes no smaller ones but the last
CHAIR = key_of("incoming/chair")


def put_parts(store: BlobStore, parts_id: str, blob: bytes, *numbers: int) -> None:
    """These parts of `blob`, in this order."""
    for number in numbers:
        piece = blob[(number - 1) * PART : number * PART]
        store.put_part(CHAIR, parts_id, number, io.BytesIO(piece))


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


def joined_and_forgotten(store: BlobStore) -> tuple[str, str]:
    joined, forgotten = (store.begin_parts(CHAIR, media_type=GLB) for _ in range(2))
    put_parts(store, joined, b"chair", 1)
    store.join_parts(CHAIR, joined, count=1)
    store.forget_parts(CHAIR, forgotten)
    return joined, forgotten


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

    swept = [store.sweep_unfinished(older_than_s=age) for age in (FIFTY_YEARS_S, 0, 0)]

    assert swept == [0, 1, 0]
    with pytest.raises(BlobMissing):
        store.parts(CHAIR, parts_id)
