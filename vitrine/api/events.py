"""/api/events/: what viewers saw happen. Open to any page, without a login, without a question beforehand (CORS)."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access.limits import Kind, take_each
from vitrine.api.event_numbers import note_flood, note_malformed, note_told, note_unwanted
from vitrine.api.limiting import too_many
from vitrine.api.parsers import Json
from vitrine.api.predicates import Holds, predicate_of
from vitrine.errors import Fault, InvalidRequest
from vitrine.insight.record import Batch, record

log = structlog.get_logger()

MOST_BYTES = 64_000
_MOST_FAULTS = 20
_SCHEMA = Path(__file__).resolve().parents[2] / "contracts" / "events.schema.json"

_WORDS = {
    "maximum": "{value} is too large; at most {limit} is taken.",
    "minimum": "{value} is too small; at least {limit} is taken.",
    "maxItems": "{count} entries are too many; at most {limit} are taken.",
    "minItems": "{count} entries are too few; at least {limit} is needed.",
    "maxLength": "{count} characters are too many; at most {limit} are taken.",
    "pattern": "{value} does not have the form {limit}.",
    "enum": "{value} is none of {limit}.",
    "type": "{value} is not of the type {limit}.",
    "required": "A field that {kind} needs is missing: {missing}.",
    "additionalProperties": "There is no such field here: {extra}.",
}


class TakenOut(serializers.Serializer[Any]):
    accepted = serializers.IntegerField(help_text="Stored, before this was said.")
    dropped = serializers.IntegerField(
        help_text="Of products that are not there, not published, or told of too often; all of them where the browser "
        "asks not to be counted (DNT, Sec-GPC)."
    )


class BatchJson(Json):
    """JSON of at most MOST_BYTES."""

    most_bytes = MOST_BYTES


class BatchText(BatchJson):
    """The same called plain text, as beacons call it: so a browser asks no leave before it sends."""

    media_type = "text/plain"


class Events(APIView):
    """Limited by the address that tells, and by the products that are told of."""

    authentication_classes = []
    limited_as = {"POST": Kind.EVENTS}
    parser_classes = [BatchText, BatchJson]

    @extend_schema(
        operation_id="tell_events",
        description="A batch from one page view, as contracts/events.schema.json describes it field by field.",
        request={"text/plain": OpenApiTypes.STR, "application/json": OpenApiTypes.OBJECT},
        responses={202: TakenOut},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        batch = checked(request.data)
        if is_unwanted(request):
            note_unwanted(batch)
            return Response({"accepted": 0, "dropped": len(batch.events)}, status=202)
        within = within_limits(batch)
        flooded = len(batch.events) - len(within.events)
        taken = record(within)
        note_told(batch, taken, flooded=flooded)
        return Response({"accepted": taken.accepted, "dropped": taken.dropped + flooded}, status=202)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)


def is_unwanted(request: Request) -> bool:
    """Whether the browser says that its person does not want to be counted. Our element does not even send then; who
    tells us by other means must not get round it."""
    return any(request.headers.get(header) == "1" for header in ("DNT", "Sec-GPC"))


def checked(body: Any) -> Batch:
    """The batch, or InvalidRequest that names every fault with its limit and its value."""
    if not _keeps_to_it()(body) and (faults := tuple(islice(_faults(body), _MOST_FAULTS))):
        note_malformed(body)
        said = "; ".join(f"{fault.pointer or '/'}: {fault.detail}" for fault in faults[:3])
        raise InvalidRequest(said, faults=faults)
    return Batch(
        view=UUID(body["view"]),
        device=body["device"],
        network=body.get("network", ""),
        save_data=body.get("save_data", False),
        events=body["events"],
        id=UUID(body["batch"]) if "batch" in body else None,
    )


def within_limits(batch: Batch) -> Batch:
    """The batch without events of products that too much is being told of; TooMany when none are left."""
    told = Counter(str(event["product"]).lower() for event in batch.events)
    taken = take_each(Kind.PRODUCT_EVENTS, told)
    kept = [event for event in batch.events if taken[str(event["product"]).lower()].allowed]
    if flooded := len(batch.events) - len(kept):
        log.info("events_dropped", reason="told of too often", count=flooded)
    if not kept:
        note_flood(batch)
        raise too_many(min(taken.values(), key=lambda one: one.retry_after_s))
    return replace(batch, events=kept)


@cache
def _keeps_to_it() -> Holds:
    return predicate_of(json.loads(_SCHEMA.read_text()))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text()))


def _faults(body: Any) -> Iterator[Fault]:
    for error in _validator().iter_errors(body):
        pointer = "".join(f"/{step}" for step in error.absolute_path)
        yield Fault(pointer, _words_for(error))


def _words_for(error: ValidationError) -> str:
    value, limit = error.instance, error.validator_value
    known = set(error.schema.get("properties", ())) if isinstance(error.schema, Mapping) else set()
    fields = set(value) if isinstance(value, Mapping) else set()
    return _WORDS[str(error.validator)].format(
        value=_short(value),
        limit=", ".join(map(str, limit)) if isinstance(limit, list) else limit,
        count=len(value) if isinstance(value, str | list) else 0,
        kind=_short(value.get("kind", "this")) if isinstance(value, Mapping) else "this",
        missing=", ".join(sorted(set(limit) - fields)) if isinstance(limit, list) else "",
        extra=_short(", ".join(sorted(fields - known))),
    )


def _short(value: Any) -> str:
    """A value as it can stand in a sentence, however long it came."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
