"""What the OpenAPI document says beyond what the code says by itself."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

Endpoint: TypeAlias = tuple[str, str, str, Any]

PROMISED_WITHOUT_SLASH = (
    "/optimize",
    "/versions",
    "/report",
    "/publish",
    "/restore",
    "/bulk",
    "/complete",
    "/parts/{number}",
    "}/analytics",
)
"""Paths that were asked for without their trailing slash; all others are shown with it."""


def one_path_each(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Every path answers with and without its trailing slash; the document shows the one that was promised."""
    paths = {endpoint[0] for endpoint in endpoints}
    return [endpoint for endpoint in endpoints if endpoint[0] not in _twins(paths)]


def _twins(paths: set[str]) -> set[str]:
    bare = {path for path in paths if f"{path}/" in paths}
    return {path + "/" if path.endswith(PROMISED_WITHOUT_SLASH) else path for path in bare}


class Described(AutoSchema):
    """Tells `Idempotency-Key` of each `post` that is repeatable."""

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        handler = getattr(self.view, self.method.lower(), None)
        return [*found, _IDEMPOTENCY_KEY] if getattr(handler, "repeatable", False) else found


_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A UUID, say. The same request again under the same key within a day gets the first answer again.",
)


def tell_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation names the problems (RFC 9457) that it may answer with: one shape for all of them."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    components["headers"] = _HEADERS
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            told = operation["responses"]
            wrong = sorted(set(_statuses(path, method, operation)))
            told.update({str(status): _problem(status) for status in wrong})
            for status, response in told.items():
                response.setdefault("headers", {}).update(_headers_of(int(status)))
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> Iterator[int]:
    """What may go wrong, read off what the operation takes."""
    names = {one["name"] for one in operation.get("parameters", ())}
    yield from (400, 406, 429, 500, 503)
    if any(operation.get("security", ())):
        yield from (401, 403)
    if path.startswith("/api/auth/"):
        yield 401
    if any(one["in"] == "path" for one in operation.get("parameters", ())):
        yield 404
    if operation["operationId"] == "create_product":
        yield 404  # its `upload_id`
    if "/second-factor/" in path:
        yield 404  # there may be none
    if "requestBody" in operation:
        yield from (413, 415)
    # the last admin stays one; an export may not be ready
    if method == "post" or operation["operationId"] in {"change_user", "download_own_export"}:
        yield 409
    if "Idempotency-Key" in names:
        yield 422
    if "If-Match" in names:
        yield 412


def _problem(status: int) -> dict[str, Any]:
    shape = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _WORDS[status], "content": shape}


def _headers_of(status: int) -> dict[str, Any]:
    names = ["X-Request-ID"]
    names += ["Retry-After"] if status in {429, 503} else []
    names += ["RateLimit", "RateLimit-Policy"] if status == 429 or status < 300 else []
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


_WORDS = {
    400: "Something in it is not right.",
    401: "Log in first.",
    403: "Your role does not allow this.",
    404: "There is nothing here that you may read.",
    406: "We answer in JSON.",
    409: "Not possible in its present state, or being answered already.",
    412: "It has changed since you read it.",
    413: "Too large.",
    415: "This content type or file is not taken.",
    422: "This Idempotency-Key came with another request.",
    429: "Too many requests.",
    500: "Something failed on our side.",
    503: "Something behind us does not answer; try again later.",
}
_HEADERS: dict[str, Any] = {
    "X-Request-ID": {"schema": {"type": "string"}, "description": "By it, this request is found in the log."},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."},
    "RateLimit": {"schema": {"type": "string"}, "description": 'What is left: `"read";r=999;t=1`.'},
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": 'The quota: `"read";q=1000;w=20`.'},
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `code` is for programs, `detail` for people; `type` leads to a page on the code.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "The fields at fault, by JSON Pointer (RFC 6901).",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
