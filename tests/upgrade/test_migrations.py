"""No migration stops the release before it from serving, or locks a table that grows."""

from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation

from tests.upgrade.rules import faults

pytestmark = pytest.mark.django_db(transaction=True)  # what is CONCURRENTLY wants to stand outside one

BEFORE = set(Path(__file__).with_name("before_first_release.txt").read_text().split())
"""Migrations of 0.1.0, which nobody upgrades to. Once it is released this list is closed."""


def statements_of(loader: MigrationLoader, migration: Migration) -> list[str]:
    said: list[str] = loader.collect_sql([(migration, False)])
    return [one for one in said if not one.startswith("--")]


def test_every_migration_since_the_first_release_lets_the_release_before_serve() -> None:
    loader = MigrationLoader(connection)
    ours = {
        f"{app}.{name}": migration
        for (app, name), migration in loader.disk_migrations.items()
        if migration.__module__.startswith("vitrine.")
    }

    found = {
        name: list(faults(statements_of(loader, one))) for name, one in ours.items() if name not in BEFORE
    }

    assert {name: said for name, said in found.items() if said} == {}
    assert set(ours) >= BEFORE, "a migration of 0.1.0 is missing"


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (migrations.RemoveField("product", "alt"), "drops a column"),
        (migrations.DeleteModel("variant"), "drops a table"),
        (migrations.RenameField("product", "alt", "words"), "renames"),
        (migrations.AlterModelTable("variant", "other"), "renames"),
        (migrations.AlterField("product", "alt", models.IntegerField()), "changes a type"),
        (
            migrations.AddField("product", "colour", models.CharField(max_length=9, default="")),
            "drops a default",
        ),
        (migrations.AlterField("variant", "width_px", models.IntegerField(default=0)), "sets NOT NULL"),
        (migrations.AddIndex("product", models.Index(fields=["alt"], name="by_alt")), "locks the table"),
        (migrations.RemoveIndex("product", "product_tags"), "locks the table"),
        (
            migrations.AddConstraint("product", models.UniqueConstraint(fields=["alt"], name="alt_once")),
            "CONCURRENTLY",
        ),
        (
            migrations.AddConstraint(
                "product", models.CheckConstraint(condition=models.Q(version_count__gt=0), name="some")
            ),
            "NOT VALID",
        ),
        (migrations.RunSQL("ALTER TABLE catalog_product ADD COLUMN colour text NOT NULL"), "must be filled"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Operation) else one,
)
def test_what_would_break_it_is_told(operation: Operation, fault: str) -> None:
    said = list(faults(planted(operation)))

    assert any(fault in one for one in said), said


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("product", "colour", models.CharField(max_length=9, null=True)),
        migrations.AddField("product", "colour", models.CharField(max_length=9, default="", db_default="")),
        migrations.CreateModel(
            "Shelf",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=9, unique=True)),
                ("product", models.ForeignKey("catalog.Product", on_delete=models.CASCADE)),
            ],
        ),
        AddIndexConcurrently("product", models.Index(fields=["alt"], name="by_alt")),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_does_no_harm_passes(operation: Operation) -> None:
    assert list(faults(planted(operation))) == []


def planted(operation: Operation) -> list[str]:
    """The statements of a migration of the catalog's with that operation alone."""
    loader = MigrationLoader(connection)
    last = loader.graph.leaf_nodes("catalog")[0]
    migration = type("Migration", (Migration,), {"operations": [operation], "dependencies": [last]})(
        "9999_planted", "catalog"
    )
    loader.graph.add_node(("catalog", "9999_planted"), migration)
    loader.graph.add_dependency(migration, ("catalog", "9999_planted"), last)
    migration.atomic = not isinstance(operation, AddIndexConcurrently)
    return statements_of(loader, migration)
