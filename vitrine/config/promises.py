"""What the contract has promised to the outside, and what of it a change would break.

`contracts/promised.json` holds it in short: each operation, what it needs, and the type of every field it answers with.
`manage.py contracts --promise` adds what is new, and takes back what was broken: who commits that says why.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Promises = dict[str, dict[str, Any]]


def promises_of(document: Mapping[str, Any]) -> Promises:
    """`document` is an OpenAPI document, as JSON."""
    return {
        operation["operationId"]: {
            "call": f"{method.upper()} {path}",
            "needs": sorted(_needs(document, operation)),
            "takes": sorted(_takes(document, operation)),
            "answers": {
                status: dict(sorted(_fields(document, _body(response))))
                for status, response in sorted(operation["responses"].items())
                if status < "300"
            },
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def broken(promised: Promises, now: Promises) -> list[str]:
    """What a caller of `promised` would stumble over; empty when nothing."""
    return [word for name, old in promised.items() for word in _broken(name, old, now.get(name))]


def _broken(name: str, old: dict[str, Any], new: dict[str, Any] | None) -> Iterator[str]:
    if new is None or new["call"] != old["call"]:
        yield f"{name}: {old['call']} is gone"
        return
    yield from (f"{name}: {field} is needed now" for field in set(new["needs"]) - set(old["needs"]))
    yield from (f"{name}: {field} is not taken any more" for field in set(old["takes"]) - set(new["takes"]))
    for status, fields in old["answers"].items():
        if status not in new["answers"]:
            yield f"{name}: it does not answer {status} any more"
            continue
        for field, kind in fields.items():
            told = new["answers"][status].get(field)
            if told is None:
                yield f"{name}: {field} is not answered any more"
            elif told != kind:
                yield f"{name}: {field} is {told}, and was {kind}"


def _needs(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    yield from (one["name"] for one in operation.get("parameters", ()) if one.get("required"))
    yield from _resolved(document, _body(operation.get("requestBody", {}))).get("required", ())


def _takes(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    yield from (one["name"] for one in operation.get("parameters", ()))
    yield from _resolved(document, _body(operation.get("requestBody", {}))).get("properties", {})


def _body(part: Mapping[str, Any]) -> Mapping[str, Any]:
    for content in part.get("content", {}).values():
        found: Mapping[str, Any] = content.get("schema", {})
        return found
    return {}


def _fields(
    document: Mapping[str, Any], schema: Mapping[str, Any], at: str = ""
) -> Iterator[tuple[str, str]]:
    """Each field by its path, and its type."""
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        yield from _fields(document, schema["items"], f"{at}[]")
        return
    if at:
        kind = schema.get("format", schema.get("type", "anything"))
        yield at, f"{kind} or null" if schema.get("nullable") else str(kind)
    for name, inner in schema.get("properties", {}).items():
        yield from _fields(document, inner, f"{at}.{name}" if at else name)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, where it is named or wrapped."""
    for wrapped in ("allOf", "oneOf"):
        if len(schema.get(wrapped, ())) == 1 or (wrapped == "oneOf" and schema.get(wrapped)):
            return {**_resolved(document, schema[wrapped][0]), "nullable": schema.get("nullable", False)}
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"][name] if name else schema
    return found
