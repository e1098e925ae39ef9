"""Events as viewers tell them, put in as the service takes them."""

import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from vitrine.insight.record import Batch, record


def tell(
    *events: dict[str, Any],
    view: UUID | None = None,
    device: str = "phone",
    network: str = "4g",
    batch: UUID | None = None,
) -> None:
    """One batch; `age_ms` is 0 unless told."""
    told: Sequence[dict[str, Any]] = [{"age_ms": 0, **event} for event in events]
    record(Batch(view or uuid.uuid4(), device, network, save_data=False, events=told, id=batch))


def poster(product: object, ms: int = 100, **fields: Any) -> dict[str, Any]:
    return {"product": str(product), "kind": "poster", "ms": ms, **fields}


def full(product: object, ms: int = 900, **fields: Any) -> dict[str, Any]:
    return {"product": str(product), "kind": "full", "ms": ms, "bytes": 5, "variant": "web", **fields}


def touch(product: object, action: str = "rotate", count: int = 1) -> dict[str, Any]:
    return {"product": str(product), "kind": "interaction", "action": action, "count": count}


def ar(product: object, state: str, ar: str = "webxr", **fields: Any) -> dict[str, Any]:
    return {"product": str(product), "kind": "ar", "ar": ar, "state": state, **fields}


def error(product: object, kind: str = "model") -> dict[str, Any]:
    return {"product": str(product), "kind": "error", "error": kind}
