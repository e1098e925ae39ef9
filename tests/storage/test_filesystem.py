import errno
import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.storage.promise import *  # noqa: F403 -- every promise is a test of this store
from tests.storage.promise.acts import GLB, all_of, keep, some_bytes, write_in_steps
from vitrine.errors import StoreFailed
from vitrine.storage.blobs import BlobStore, key_of
from vitrine.storage.filesystem import UNFINISHED, FilesystemStore

needs_dev_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "var" / "blobs"


@pytest.fixture
def store(root: Path) -> BlobStore:
    return FilesystemStore(root)


def unfinished_in(root: Path) -> list[Path]:
    return list((root / UNFINISHED).iterdir())


def turn_into_a_full_disk(unfinished: Path) -> None:
    """The open file behind this name now answers every write as a full disk does."""
    [fd] = [int(link.name) for link in Path("/proc/self/fd").iterdir() if points_at(link, unfinished)]
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, fd)
    os.close(full)


def points_at(link: Path, path: Path) -> bool:
    try:
        return link.readlink() == path
    except FileNotFoundError:  # the folder's own descriptor, closed by now
        return False


def test_a_key_is_a_path_below_the_root(store: BlobStore, root: Path) -> None:
    keep(store, "models/1/chair.glb", b"chair")

    assert (root / "models/1/chair.glb").read_bytes() == b"chair"


def test_files_are_for_the_owner_and_the_group_whatever_the_umask(store: BlobStore, root: Path) -> None:
    before = os.umask(0o077)
    try:
        keep(store, "models/chair.glb")
    finally:
        os.umask(before)

    assert stat.S_IMODE((root / "models/chair.glb").stat().st_mode) == 0o640


def test_folders_are_closed_to_strangers(store: BlobStore, root: Path) -> None:
    keep(store, "models/chair.glb")

    modes = {stat.S_IMODE(folder.stat().st_mode) for folder in (root, root / "models", root / UNFINISHED)}
    assert modes == {0o750}


def test_an_unfinished_write_lies_aside_on_the_same_disk(store: BlobStore, root: Path) -> None:
    with store.write(key_of("models/chair.glb"), media_type=GLB) as file:
        file.write(some_bytes(100_000))
        beside = unfinished_in(root)

    assert [path.stat().st_dev for path in (*beside, root) if path.exists()] == [root.stat().st_dev]
    assert unfinished_in(root) == []


def test_a_killed_writer_leaves_no_blob_and_the_sweep_takes_its_remains(store: BlobStore, root: Path) -> None:
    script = (
        "import os, sys, pathlib\n"
        "from vitrine.storage.filesystem import FilesystemStore\n"
        "with FilesystemStore(pathlib.Path(sys.argv[1])).write('a', media_type='x') as file:\n"
        "    file.write(bytes(200_000)); file.flush(); os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(root)], check=False)
    [remains] = unfinished_in(root)
    hour_ago = remains.stat().st_mtime - 3600
    os.utime(remains, (hour_ago, hour_ago))

    swept = [store.sweep_unfinished(older_than_s=older) for older in (4000, 3000, 3000)]

    assert killed.returncode == -9
    assert list(store.keys()) == []
    assert swept == [0, 1, 0]


def test_a_write_that_is_swept_while_it_lives_fails_and_says_so(store: BlobStore) -> None:
    with pytest.raises(StoreFailed, match=r"^b was cleared away .* grow older before they are swept\.$"):
        write_in_steps(store, key_of("b"), b"chair", lambda: store.sweep_unfinished(older_than_s=0))

    assert list(store.keys()) == []


@needs_dev_full
def test_a_full_disk_is_told_with_what_to_do_and_leaves_nothing(store: BlobStore, root: Path) -> None:
    def fill() -> None:
        turn_into_a_full_disk(unfinished_in(root)[0])

    with pytest.raises(
        StoreFailed, match=r"^No room is left .* move DATA_DIR to a larger disk\.$"
    ) as failure:
        write_in_steps(store, key_of("models/chair.glb"), fill, some_bytes(200_000))

    assert isinstance(failure.value.__cause__, OSError)
    assert failure.value.__cause__.errno == errno.ENOSPC
    assert list(store.keys()) == []
    assert unfinished_in(root) == []


@needs_dev_full
def test_a_disk_that_fills_up_with_the_last_bytes_keeps_nothing(store: BlobStore, root: Path) -> None:
    def fill() -> None:
        turn_into_a_full_disk(unfinished_in(root)[0])

    with pytest.raises(StoreFailed, match="No room is left"):
        write_in_steps(store, key_of("a"), b"so few that they are handed on at the end", fill)

    assert list(store.keys()) == []
    assert unfinished_in(root) == []


def test_an_unusable_folder_is_told_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FilesystemStore(tmp_path / "file" / "blobs", setting="BLOBS_DIR")

    with pytest.raises(StoreFailed, match=r"/file is in the way: .*choose another BLOBS_DIR\.$"):
        store.check()


@pytest.mark.skipif(not Path("/sys/kernel").exists(), reason="a folder that not even root may write to")
def test_a_folder_without_write_access_is_told_with_what_to_do() -> None:
    store = FilesystemStore(Path("/sys/vitrine"))

    with pytest.raises(StoreFailed, match=r"^User \d+ may not use /sys/vitrine .*choose another DATA_DIR\.$"):
        store.check()


def test_a_blob_in_a_folder_s_place_is_a_failure_of_the_store(store: BlobStore) -> None:
    keep(store, "models", b"in the way")

    with pytest.raises(StoreFailed, match="/models is in the way"):
        keep(store, "models/chair.glb")

    assert list(store.keys()) == ["models"]


def test_a_folder_in_a_blob_s_place_is_a_failure_of_the_store(store: BlobStore) -> None:
    keep(store, "models/chair.glb")

    with pytest.raises(StoreFailed, match="/models is in the way"):
        keep(store, "models")

    assert list(store.keys()) == ["models/chair.glb"]


def test_empty_folders_go_with_their_last_blob_but_the_root_stays(store: BlobStore, root: Path) -> None:
    keep(store, "uploads/7")
    keep(store, "models/1/a")
    store.delete(key_of("models/1/a"))
    store.move(key_of("uploads/7"), key_of("b"), media_type=GLB)

    assert sorted(path.name for path in root.iterdir()) == [UNFINISHED, "b"]


def test_a_folder_that_another_makes_and_takes_away_at_once_is_made_anew(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, others = Path.mkdir, ["models/1"]

    def taken_away(folder: Path, **options: Any) -> None:
        if others and folder.as_posix().endswith(others[-1]):
            others.pop()
            raise FileExistsError(errno.EEXIST, "made by another, who took it away again", str(folder))
        made(folder, **options)

    monkeypatch.setattr(Path, "mkdir", taken_away)

    keep(store, key_of("models/1", "0.glb"), b"blob")

    assert others == []
    assert all_of(store, key_of("models/1", "0.glb")) == b"blob"


def test_files_that_no_key_names_are_not_listed(store: BlobStore, root: Path, tmp_path: Path) -> None:
    kept = keep(store, "models/chair.glb")
    (root / "lost+found").mkdir()
    (root / "lost+found" / "a").write_bytes(b"")
    (root / "models" / ".DS_Store").write_bytes(b"")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret").write_bytes(b"")
    (root / "linked").symlink_to(tmp_path / "elsewhere")

    assert list(store.keys()) == [kept]


def test_a_file_that_shrinks_while_it_is_read_is_a_failure_not_a_short_end(
    store: BlobStore, root: Path
) -> None:
    pieces = store.open(keep(store, "a", some_bytes(3 * 1024 * 1024)))
    next(pieces)
    os.truncate(root / "a", 1024 * 1024)

    with pytest.raises(StoreFailed, match="ended 2097152 bytes early"):
        b"".join(pieces)


def test_a_reader_keeps_its_blob_while_it_is_deleted(store: BlobStore) -> None:
    blob = some_bytes(3 * 1024 * 1024)
    key = keep(store, "a", blob)
    pieces = store.open(key)

    store.delete(key)

    assert b"".join(pieces) == blob


def test_two_stores_over_one_folder_are_one(store: BlobStore, root: Path) -> None:
    key = store.put(key_of("a"), io.BytesIO(b"chair"), media_type=GLB).key

    assert all_of(FilesystemStore(root), key) == b"chair"
