"""Fields that take what PostgreSQL can keep, and say what it cannot."""

import json
from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from vitrine.pipeline.scale import claim_fault

METADATA_BYTES = 64_000
METADATA_LEVELS = 64


class Metadata(serializers.JSONField):
    """A JSON object; in a form, its text. `dimensions_m` in it is the product's true size: [x, y, z] in metres."""

    default_error_messages = {
        "object": 'Give a JSON object, such as {{"sku": "A-1"}}.',
        "long": "This is {size} bytes of JSON; at most {limit} are kept.",
        "deep": "This is nested deeper than {limit} levels.",
        "endless": "A number is too large to be kept.",
        "claim": "{fault}",
        "unstorable": "The characters U+0000 and lone surrogates cannot be kept.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, str):
            data = self._parsed(data)
        if not isinstance(data, dict):
            self.fail("object")
        if _deeper_than(METADATA_LEVELS, data):
            self.fail("deep", limit=METADATA_LEVELS)
        text = self._text(data)
        if len(text) > METADATA_BYTES:
            self.fail("long", size=len(text), limit=METADATA_BYTES)
        if not storable(data):
            self.fail("unstorable")
        if "dimensions_m" in data and (fault := claim_fault(data["dimensions_m"])):
            self.fail("claim", fault=fault)
        return data

    def _text(self, data: dict[str, Any]) -> str:
        try:
            return json.dumps(data, allow_nan=False)
        except ValueError:  # 1e400 is read as infinity, which JSON cannot say
            self.fail("endless")

    def _parsed(self, text: str) -> Any:
        try:
            return json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            self.fail("object")


class Words(serializers.CharField):
    """Text that PostgreSQL can keep."""

    def to_internal_value(self, data: Any) -> str:
        text = str(super().to_internal_value(data))
        if not storable(text):
            raise serializers.ValidationError("The characters U+0000 and lone surrogates cannot be kept.")
        return text


def storable(value: Any) -> bool:
    """Whether PostgreSQL can keep every text in `value`."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(storable(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(storable(part) for part in value)
    return True


def _deeper_than(levels: int, value: Any) -> bool:
    """Level by level, since a recursion would break on the very values that this is asked of."""
    level = [value]
    for _ in range(levels):
        level = [inner for one in level for inner in _inner(one)]
    return bool(level)


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _no_constant(name: str) -> None:
    raise ValueError(name)
