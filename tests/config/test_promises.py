"""The gate: what was promised to the outside is kept, and a change that would break it is named."""

import copy
import json
from typing import Any

import pytest

from tests.contracts import the_contract
from vitrine.config.environment import ROOT
from vitrine.config.promises import broken, promises_of

DOCUMENT: dict[str, Any] = the_contract()
ASKED_FOR = {
    "POST /api/assets/3d/": "create_product",
    "GET /api/assets/3d/{product_id}/": "read_product",
    "PUT /api/assets/3d/{product_id}/": "replace_product",
    "DELETE /api/assets/3d/{product_id}/": "delete_product",
    "POST /api/assets/3d/{product_id}/optimize": "optimize_product",
    "GET /api/assets/3d/{product_id}/versions": "list_versions",
}
PRODUCT = {
    "id": "uuid", "name": "string", "model_3d_url": "uri", "ar_enabled": "boolean", "format": "string",
    "size": "integer", "created_at": "date-time", "updated_at": "date-time", "metadata": "object",
}  # fmt: skip
VERSION = {
    "id": "uuid", "product_id": "uuid", "version": "integer", "url": "uri", "format": "string",
    "optimized": "boolean", "created_at": "date-time",
}  # fmt: skip


def test_what_was_asked_for_is_there_to_the_letter() -> None:
    now = promises_of(DOCUMENT)

    assert {now[name]["call"]: name for name in ASKED_FOR.values()} == ASKED_FOR
    assert now["read_product"]["answers"]["200"].items() >= PRODUCT.items()
    assert now["create_product"]["answers"]["201"].items() >= PRODUCT.items()
    versions = {f"versions[].{name}": kind for name, kind in VERSION.items()}
    assert now["list_versions"]["answers"]["200"].items() >= versions.items()
    assert now["optimize_product"]["answers"]["202"] == {"task_id": "uuid", "status": "string"}
    assert {"name", "model_file", "ar_enabled", "metadata"} <= set(now["create_product"]["takes"])


def test_every_promise_is_kept() -> None:
    promised = json.loads((ROOT / "contracts" / "promised.json").read_text())

    assert broken(promised, promises_of(DOCUMENT)) == []


def _gone(document: dict[str, Any]) -> None:
    del document["paths"]["/api/tasks/"]


def _moved(document: dict[str, Any]) -> None:
    document["paths"]["/api/jobs/"] = document["paths"].pop("/api/tasks/")


def _without_a_field(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["ProductOut"]["properties"]["alt"]


def _of_another_type(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["VariantOut"]["properties"]["size"]["type"] = "string"


def _or_null(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["ProductOut"]["properties"]["version"]["nullable"] = True


def _needing_more(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["ProductFormRequest"]["required"].append("alt")


def _taking_less(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/assets/3d/"]["get"]
    operation["parameters"] = [one for one in operation["parameters"] if one["name"] != "cursor"]


def _answering_otherwise(document: dict[str, Any]) -> None:
    answers = document["paths"]["/api/assets/3d/{product_id}/optimize"]["post"]["responses"]
    answers["200"] = answers.pop("202")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_gone, "list_tasks: GET /api/tasks/ is gone"),
        (_moved, "list_tasks: GET /api/tasks/ is gone"),
        (_without_a_field, "read_product: alt is not answered any more"),
        (_of_another_type, "read_product: variants.web.size is string, and was integer"),
        (_or_null, "read_product: version is integer or null, and was integer"),
        (_needing_more, "create_product: alt is needed now"),
        (_taking_less, "list_products: cursor is not taken any more"),
        (_answering_otherwise, "optimize_product: it does not answer 202 any more"),
    ],
)
def test_a_change_that_would_break_a_caller_is_named(change: Any, said: str) -> None:
    changed = copy.deepcopy(DOCUMENT)

    change(changed)

    assert said in broken(promises_of(DOCUMENT), promises_of(changed))


def test_what_is_new_breaks_nobody() -> None:
    more = copy.deepcopy(DOCUMENT)
    more["components"]["schemas"]["ProductOut"]["properties"]["colour"] = {"type": "string"}
    more["components"]["schemas"]["ProductFormRequest"]["properties"]["colour"] = {"type": "string"}

    assert broken(promises_of(DOCUMENT), promises_of(more)) == []
