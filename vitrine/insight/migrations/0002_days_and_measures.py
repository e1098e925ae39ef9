"""Events in a table parted by day, and what they add up to."""

from typing import Any

import django.db.models.functions.datetime
from django.db import migrations, models

_EVENTS = """
ALTER TABLE insight_event RENAME TO insight_event_before;
ALTER INDEX event_product_at RENAME TO event_product_at_before;
ALTER INDEX insight_event_pkey RENAME TO insight_event_before_pkey;
CREATE SEQUENCE insight_event_number;
CREATE TABLE insight_event (
    id bigint NOT NULL DEFAULT nextval('insight_event_number'),
    at timestamptz NOT NULL DEFAULT statement_timestamp(),
    product_id uuid NOT NULL,
    view uuid NOT NULL,
    version integer,
    ms integer,
    took_ms integer,
    bytes bigint,
    wire_bytes bigint,
    count integer,
    save_data boolean NOT NULL,
    kind varchar(16) NOT NULL,
    what varchar(24) NOT NULL,
    state varchar(12) NOT NULL,
    variant varchar(16) NOT NULL,
    cache varchar(8) NOT NULL,
    edge varchar(8) NOT NULL,
    device varchar(16) NOT NULL,
    network varchar(8) NOT NULL
) PARTITION BY RANGE (at);
ALTER SEQUENCE insight_event_number OWNED BY insight_event.id;
CREATE INDEX event_id ON insight_event (id);
CREATE TABLE insight_event_default PARTITION OF insight_event DEFAULT;
"""

# What had come in before, in the order in which it came. Days get tables of their own by upkeep.
_BRING = """
INSERT INTO insight_event (at, product_id, view, version, ms, took_ms, bytes, wire_bytes, count, save_data,
                           kind, what, state, variant, cache, edge, device, network)
SELECT at, product_id, view, version, ms,
       coalesce(more->>'file_ms', more->>'session_ms', more->>'away_ms', more->>'ar_ms')::integer,
       bytes, (more->>'wire_bytes')::bigint, (more->>'count')::integer, coalesce((more->>'save_data')::boolean, false),
       kind, what, coalesce(more->>'state', ''), variant, cache, '', device, network
FROM insight_event_before ORDER BY id;
DROP TABLE insight_event_before;
"""

# Rows of one hour are changed over and over: room on their page keeps that from touching the index.
_MEASURES = """
ALTER TABLE insight_measure SET (fillfactor = 85);
CREATE INDEX measure_start ON insight_measure USING brin (start) WITH (autosummarize = on);
CREATE FUNCTION insight_sum(jsonb, jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_object_agg(key, n) FROM (
        SELECT key, sum(value::bigint) AS n
        FROM (SELECT * FROM jsonb_each_text($1) UNION ALL SELECT * FROM jsonb_each_text($2)) AS both_of_them
        GROUP BY key
    ) AS summed
$$;
"""


def _measure() -> migrations.CreateModel:
    columns: list[tuple[str, models.Field[Any, Any]]] = [
        ("product_id", models.UUIDField()),
        ("span", models.CharField(max_length=4)),
        ("family", models.CharField(max_length=4)),
        ("start", models.DateTimeField()),
        ("device", models.CharField(max_length=16)),
        ("network", models.CharField(blank=True, max_length=8)),
        ("visits", models.BigIntegerField(default=0)),
        ("told", models.JSONField()),
    ]
    key = ("product_id", "span", "family", "start", "device", "network")
    return migrations.CreateModel(
        name="Measure",
        fields=[
            (
                "pk",
                models.CompositePrimaryKey(
                    *key, blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            *columns,
        ],
    )


def _event() -> migrations.CreateModel:
    return migrations.CreateModel(
        name="Event",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ("product_id", models.UUIDField()),
            ("view", models.UUIDField()),
            ("version", models.PositiveIntegerField(null=True)),
            ("ms", models.PositiveIntegerField(null=True)),
            ("took_ms", models.PositiveIntegerField(null=True)),
            ("bytes", models.BigIntegerField(null=True)),
            ("wire_bytes", models.BigIntegerField(null=True)),
            ("count", models.PositiveIntegerField(null=True)),
            ("save_data", models.BooleanField(default=False)),
            ("kind", models.CharField(max_length=16)),
            ("what", models.CharField(blank=True, default="", max_length=24)),
            ("state", models.CharField(blank=True, default="", max_length=12)),
            ("variant", models.CharField(blank=True, default="", max_length=16)),
            ("cache", models.CharField(blank=True, default="", max_length=8)),
            ("edge", models.CharField(blank=True, default="", max_length=8)),
            ("device", models.CharField(max_length=16)),
            ("network", models.CharField(blank=True, default="", max_length=8)),
        ],
        options={"indexes": [models.Index(fields=["id"], name="event_id")]},
    )


def _others() -> list[migrations.CreateModel]:
    now = django.db.models.functions.datetime.Now()
    return [
        migrations.CreateModel(
            name="TakenBatch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=now)),
                ("accepted", models.PositiveSmallIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="taken_batch_at")]},
        ),
        migrations.CreateModel(
            name="TakenLog",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=now)),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "view",
                        "product_id",
                        "step",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("view", models.UUIDField()),
                ("product_id", models.UUIDField()),
                ("step", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="visit_at")]},
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("upto", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(db_default=now)),
            ],
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_EVENTS),
                migrations.RunSQL(_BRING),
            ],
            state_operations=[migrations.DeleteModel(name="Event"), _event()],
        ),
        *_others(),
        _measure(),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(
                fields=["span", "start"],
                include=["product_id", "visits"],
                condition=models.Q(visits__gt=0),
                name="measure_visits",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_MEASURES)],
            state_operations=[
                migrations.AddIndex(
                    model_name="measure", index=models.Index(fields=["start"], name="measure_start")
                )
            ],
        ),
    ]
