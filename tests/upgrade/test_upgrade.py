"""What each release left behind is taken over by this one, and all of it can be read."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests.upgrade.__main__ import SECRET_KEY, STATES
from vitrine.access import chain
from vitrine.access.doors import DOORS
from vitrine.api.reading import shelf
from vitrine.catalog import files
from vitrine.catalog.models import Product
from vitrine.config.backup.database import Database
from vitrine.config.backup.home import chosen
from vitrine.config.backup.manifest import Manifest
from vitrine.config.backup.restoring import restore
from vitrine.storage.blobs import Key

RELEASES = sorted(path.name for path in STATES.iterdir())
_SCHEMA = """
    SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', tablename, indexname, '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, contype::text FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, '' FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname, prosrc, '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
_NOT_ASKED = {  # never ends; of nobody's export; wants to know of what; no rows
    *("api/tasks/stream", "api/auth/me/export/file", "api/uploads/known", "api/schema", "api/docs"),
}


@pytest.fixture
def empty(transactional_db: None, tmp_path: Path, settings: Settings) -> Iterator[set[tuple[Any, ...]]]:
    """An installation with nothing in it: another database, another DATA_DIR. The schema of one that began with
    this release."""
    fresh = schema_of(Database.of_django())
    told: Any = connection.settings_dict
    name, settings.DATA_DIR, settings.SECRET_KEY = told["NAME"], tmp_path, SECRET_KEY
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE upgraded")
    connection.close()
    told["NAME"] = "upgraded"
    files.store.cache_clear()
    yield fresh
    connection.close()
    told["NAME"] = name
    files.store.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE upgraded")


def schema_of(database: Database) -> set[tuple[Any, ...]]:
    """Columns, indexes, constraints, triggers and functions, without the events' tables of days."""
    with database.connect() as made:
        return {row for row in made.execute(_SCHEMA) if not str(row[1]).startswith("insight_event_")}


@pytest.mark.parametrize("release", RELEASES)
def test_the_state_of_a_release_becomes_one_of_this(empty: set[tuple[Any, ...]], release: str) -> None:
    known = json.loads((STATES / release / "known.json").read_text())
    _, backup = chosen(STATES / release)

    restored = restore(STATES / release, replace=False)

    assert restored.warnings == []
    assert schema_of(Database.of_django()) == empty
    for model in apps.get_models():  # each row, by the code of today
        assert len(list(model._default_manager.all())) >= Manifest.read(backup).counts.get(
            model._meta.db_table, 0
        )
    assert chain.verify().fault is None
    assert {key: sha256_at(Key(key)) for key in known["files"]} == known["files"]
    shelf.cache_clear()
    read_everything(known)


def sha256_at(key: Key) -> str:
    return hashlib.sha256(b"".join(files.store().open(key))).hexdigest()


def read_everything(known: dict[str, Any]) -> None:
    """Every address of the API that reads, as an admin; the product as shops do."""
    client = Client()
    said = {"username": known["username"], "password": known["password"]}
    pair = client.post("/api/auth/token/", said, content_type="application/json").json()
    ada = Client(headers={"Authorization": f"Bearer {pair['access']}"})
    paths = [
        f"/{path}/"
        for path, row in DOORS.items()
        if path.startswith("api/") and "GET" in row and "<" not in path
    ]
    assert len(paths) > 10
    answers = {path: ada.get(path).status_code for path in paths if path.strip("/") not in _NOT_ASKED}
    assert {path: status for path, status in answers.items() if status >= 400} == {}

    product = Client().get(f"/api/assets/3d/{known['product']}/").json()
    by_key = Client(headers={"Authorization": f"Api-Key {known['api_key']}"})
    hidden = by_key.get(f"/api/assets/3d/{known['hidden']}/")

    kept = Product.objects.get(pk=known["product"])
    assert (product["name"], product["metadata"]["sku"]) == ("Stühle 椅子", "00123")
    assert (product["published"], sorted(product["variants"])) == (True, ["android", "poster", "web"])
    assert kept.tags == ["oak", "old"]
    assert (hidden.status_code, hidden.json()["name"]) == (200, "Hidden")
    assert ada.get(f"/api/assets/3d/{known['product']}/versions/").json()["versions"][0]["version"] == 1
