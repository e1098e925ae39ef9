"""What a migration may not do while the code of the release before still serves: its statements, looked through.

During an upgrade the old code reads and writes the new schema for some minutes, so what it uses must stay, and what it
does not know must fill itself. And no statement may hold a lock on a table that grows for as long as it is large.
"""

import re
from collections.abc import Iterator, Sequence

_TABLE = r'(?:IF EXISTS |ONLY )*"?(?P<table>\w+)"?'
_ALTER = rf"ALTER TABLE {_TABLE} "
_NEVER: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"DROP TABLE"), "drops a table that the running code may use: drop it one release later"),
    (
        re.compile(rf"{_ALTER}DROP COLUMN"),
        "drops a column that the running code may use: drop it one release later",
    ),
    (
        re.compile(rf"{_ALTER}RENAME"),
        "renames what the running code uses: add another, drop it later",
    ),
    (
        re.compile(rf"{_ALTER}ALTER COLUMN \S+ TYPE"),
        "changes a type, for which the table may be written anew",
    ),
    (
        re.compile(rf"{_ALTER}ALTER COLUMN \S+ SET NOT NULL"),
        "sets NOT NULL: the running code may leave it empty. Add a CHECK … NOT VALID, validate it, one release later",
    ),
    (
        re.compile(rf"{_ALTER}ALTER COLUMN \S+ DROP DEFAULT"),
        "drops a default: the running code does not fill the column. Use db_default",
    ),
)
_ADDS = re.compile(rf"{_ALTER}ADD COLUMN (?P<rest>.*)")
_UNIQUE = re.compile(rf"{_ALTER}ADD CONSTRAINT \S+ (UNIQUE|EXCLUDE)")
_CHECKS = re.compile(rf"{_ALTER}ADD CONSTRAINT \S+ (CHECK|FOREIGN KEY)(?!.*NOT VALID)")
_INDEX = re.compile(
    rf"(CREATE (UNIQUE )?INDEX(?! CONCURRENTLY).* ON {_TABLE}|DROP INDEX(?! CONCURRENTLY)(?P<none>))"
)
_MADE = re.compile(rf"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?{_TABLE}")


def faults(statements: Sequence[str]) -> Iterator[str]:
    """Of one migration, as `sqlmigrate` prints it. A table that it makes itself is used by nobody yet."""
    fresh: set[str] = set()
    for statement in (" ".join(one.split()) for one in statements):
        if made := _MADE.match(statement):
            fresh.add(made["table"])
            continue
        for found, fault in _found(statement):
            if found.groupdict().get("table") not in fresh:
                yield f"{fault}: {statement[:120]}"


def _found(statement: str) -> Iterator[tuple[re.Match[str], str]]:
    for pattern, fault in _NEVER:
        if found := pattern.match(statement):
            yield found, fault
    if (found := _ADDS.match(statement)) and "NOT NULL" in found["rest"] and "DEFAULT" not in found["rest"]:
        yield (
            found,
            "adds a column that must be filled, which the running code does not: null=True, or db_default",
        )
    if found := _UNIQUE.match(statement):
        yield found, "builds an index under a lock: make a unique index CONCURRENTLY"
    if found := _CHECKS.match(statement):
        yield (
            found,
            "looks through the table under a lock: add it NOT VALID, and validate it in another migration",
        )
    if found := _INDEX.match(statement):
        yield (
            found,
            "locks the table for writers: AddIndexConcurrently, RemoveIndexConcurrently, with atomic = False",
        )
