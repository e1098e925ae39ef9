"""A backup is whole or there is none; a second one copies only what is new; what was changed is named."""

import json
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from tests.builders import a_product
from tests.journey.processes import wait_until
from vitrine.catalog import files
from vitrine.catalog.holding import LOCK
from vitrine.catalog.models import Product
from vitrine.config.backup import checking, making
from vitrine.config.backup.database import Database
from vitrine.config.backup.home import Home, chosen
from vitrine.config.backup.manifest import Manifest, lines_of
from vitrine.config.backup.restoring import restore
from vitrine.config.fault import SetupFault
from vitrine.pipeline.work import Kind
from vitrine.processing import upkeep
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """A DATA_DIR of this test's own, so that its files are all there are."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    files.store.cache_clear()
    yield
    files.store.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def found_in(folder: Path) -> list[str]:
    home, backup = chosen(folder)
    return list(checking.faults(home, backup))


def names_in(folder: Path) -> set[str]:
    """What lies there besides files and lock."""
    return {path.name for path in folder.iterdir()} - {"files", ".lock"}


def test_it_holds_every_file_that_rows_name_and_what_lies_packed_beside(folder: Path) -> None:
    product = a_product(variants=(Kind.WEB, Kind.POSTER))
    web = product.shown_version.variants.get(kind=Kind.WEB).key
    with files.store().write(files.packed_key(web), media_type="") as file:
        file.write(b"packed")

    made = making.make(folder)

    keys = {line.key for line in lines_of(made.folder)}
    assert keys == set(files.store().keys("models/"))
    assert len(keys) == 4
    assert (made.manifest.files, made.fresh, made.manifest.missing) == (4, 4, [])
    assert made.manifest.counts["catalog_product"] == 1
    assert found_in(folder) == []


def test_only_its_owner_can_look_into_it(folder: Path, settings: Settings) -> None:
    a_product()

    made = making.make(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    own = [made.folder, *made.folder.rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in own} == {0o700, 0o600}
    assert (made.folder / "keys" / "secret_key").read_text() == settings.SECRET_KEY


def test_the_next_one_takes_only_what_is_new_and_the_oldest_go(folder: Path) -> None:
    gone = a_product(variants=(Kind.WEB,))
    first = making.make(folder)
    upkeep.purge(_removed(gone))
    a_product()

    second = making.make(folder)
    third = making.make(folder, keep=1)

    assert (first.fresh, second.fresh, third.fresh) == (2, 1, 0)
    assert (third.pruned, Home(folder).whole()) == (2, [third.folder])
    assert len(list((folder / "files").glob("??/*"))) == 1
    assert found_in(folder) == []


def test_a_link_serves_where_the_disk_is_the_same_and_a_copy_elsewhere(folder: Path) -> None:
    product = a_product()
    making.make(folder)
    original = files.store().stat(Key(product.shown_version.key))

    (kept,) = (folder / "files").glob("??/*")

    assert f"{kept.stat().st_ino:x}" == original.etag.partition("-")[0]
    elsewhere = Path("/dev/shm") / f"vitrine-backup-{os.getpid()}"  # noqa: S108  # another disk
    try:
        assert making.make(elsewhere).fresh == 1
        (copy,) = (elsewhere / "files").glob("??/*")
        assert (copy.read_bytes(), stat.S_IMODE(copy.stat().st_mode)) == (kept.read_bytes(), 0o600)
    finally:
        shutil.rmtree(elsewhere)


def test_a_purge_waits_until_the_files_are_copied(folder: Path) -> None:
    product = _removed(a_product())
    key = Key(product.newest_version.key if product.newest_version else "")

    with psycopg.connect(Database.of_django().conninfo, autocommit=True) as backup:
        backup.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        upkeep.purge(product)
        assert files.store().stat(key).size
        assert Product.objects.count() == 1
    assert upkeep.sweep_deleted() == 1

    assert list(files.store().keys("models/")) == []
    assert Product.objects.count() == 0


def test_a_file_that_is_missing_or_damaged_is_named_and_all_else_is_kept(
    folder: Path, settings: Settings
) -> None:
    lost, damaged, _ = (a_product() for _ in range(3))
    files.store().delete(Key(lost.shown_version.key))
    (settings.DATA_DIR / "files" / damaged.shown_version.key).write_bytes(b"other")

    with pytest.raises(CommandError, match="2 files are not"):
        call_command("backup", str(folder))

    _, backup = chosen(folder)
    told = Manifest.read(backup)
    assert set(told.missing) == {lost.shown_version.key, damaged.shown_version.key}
    assert (told.files, found_in(folder)) == (1, [])


def test_a_full_disk_leaves_nothing_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_product()
    made = making.make(folder)
    a_product()
    full = os.open("/dev/full", os.O_WRONLY)
    real = os.open

    def opened(path: Any, flags: int, *more: Any, **named: Any) -> int:
        """Copies go to a device that has no room."""
        return os.dup(full) if ".coming-" in str(path) else real(path, flags, *more, **named)

    monkeypatch.setattr(os, "link", _other_disk)
    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(SetupFault, match=r"is full: free some space"):
        making.make(folder)
    monkeypatch.undo()
    os.close(full)

    assert names_in(folder) == {made.folder.name}


def test_one_that_is_killed_leaves_nothing_that_looks_whole(folder: Path, settings: Settings) -> None:
    product = a_product()
    made = making.make(folder)
    stuck = settings.DATA_DIR / "files" / a_product().shown_version.key
    stuck.unlink()
    os.mkfifo(stuck)  # whoever reads it waits for ever

    if (child := os.fork()) == 0:
        try:
            making.make(folder)
        finally:
            os._exit(1)  # it should have been killed
    assert wait_until(lambda: any((folder / "files").glob(".coming-*")), limit_s=60)
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    assert Home(folder).whole() == [made.folder]
    assert any(name.startswith(".unfinished-") for name in names_in(folder))
    stuck.unlink()
    with pytest.raises(CommandError, match="1 files are not"):
        call_command("backup", str(folder), keep=1)
    _, backup = chosen(folder)
    assert names_in(folder) == {backup.name}
    assert [line.key for line in lines_of(backup)] == [product.shown_version.key]


@pytest.mark.parametrize("part", ["database.dump", "files.jsonl", "keys/secret_key", "a file", "a lost file"])
def test_what_was_changed_is_named_and_nothing_is_restored_of_it(folder: Path, part: str) -> None:
    product = a_product()
    made = making.make(folder)
    (kept,) = (folder / "files").glob("??/*")
    path = kept if "file" in part.split() else made.folder / part
    if part == "a lost file":
        path.unlink()
    else:
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    (fault,) = found_in(folder)

    assert fault.startswith(product.shown_version.key if path == kept else part)
    with pytest.raises(SetupFault, match="not what it was"):
        restore(folder, replace=True)
    assert Product.objects.count() == 1


def test_one_that_a_newer_vitrine_made_is_refused_by_name(folder: Path) -> None:
    made = making.make(folder)
    path = made.folder / "manifest.json"
    told = json.loads(path.read_text())
    path.write_text(
        json.dumps(told | {"vitrine": "9.9.0", "migrations": [*told["migrations"], "catalog.9999_new"]})
    )

    with pytest.raises(SetupFault, match=r"newer Vitrine \(9\.9\.0\).*catalog\.9999_new"):
        restore(folder, replace=True)


def test_data_that_is_there_is_not_replaced_unless_told(folder: Path) -> None:
    a_product()
    made = making.make(folder)
    a_product()

    with pytest.raises(SetupFault, match="has a database and files already"):
        restore(made.folder, replace=False)

    assert Product.objects.count() == 2


def test_it_takes_the_place_of_what_is_there_when_told(folder: Path, settings: Settings) -> None:
    kept = a_product(variants=(Kind.WEB,))
    was = {line.key for line in lines_of(making.make(folder).folder)}
    files.store().delete(Key(kept.shown_version.key))
    Product.objects.filter(pk=kept.pk).update(name="Another name")
    a_product()

    restored = restore(folder, replace=True)

    assert restored.warnings == []
    assert [one.name for one in Product.objects.all()] == [kept.name]
    assert set(files.store().keys()) == was
    assert not (settings.DATA_DIR / "restoring").exists()


def test_files_in_a_bucket_are_left_to_its_versions(folder: Path, settings: Settings) -> None:
    a_product()
    settings.AWS_BUCKET_NAME = "models-of-ours"

    made = making.make(folder)

    assert (made.manifest.files_in, made.manifest.files) == ("s3://models-of-ours", 0)
    assert list((folder / "files").glob("??/*")) == []
    assert found_in(folder) == []


def _removed(product: Product) -> Product:
    product.remove()
    return product


def _other_disk(*_: object) -> None:
    raise OSError(18, "Invalid cross-device link")
