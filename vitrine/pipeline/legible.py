"""What is told about a model holds the model's own words, which may be anything."""

import math
from typing import Any


def legible(value: Any) -> Any:
    """`value` as PostgreSQL can keep it in JSON: no U+0000, no lone surrogates, no number that is not finite."""
    if isinstance(value, str):
        return value.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {legible(key): legible(inner) for key, inner in value.items()}
    return [legible(inner) for inner in value] if isinstance(value, list | tuple) else value
