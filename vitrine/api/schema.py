"""What the OpenAPI document says beyond what the code says by itself."""

from typing import Any, TypeAlias

Endpoint: TypeAlias = tuple[str, str, str, Any]

PROMISED_WITHOUT_SLASH = ("/optimize", "/versions", "/report", "/publish", "/complete", "/parts/{number}")
"""Paths that were asked for without their trailing slash; all others are shown with it."""


def one_path_each(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Every path answers with and without its trailing slash; the document shows the one that was promised."""
    paths = {endpoint[0] for endpoint in endpoints}
    return [endpoint for endpoint in endpoints if endpoint[0] not in _twins(paths)]


def _twins(paths: set[str]) -> set[str]:
    bare = {path for path in paths if f"{path}/" in paths}
    return {path + "/" if path.endswith(PROMISED_WITHOUT_SLASH) else path for path in bare}
