"""A request as a program of the outside would make it: no redirect is followed, no error raised for a status."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

TIMEOUT_S = 10


class Unreachable(Exception):
    """No answer came; it says why."""


@dataclass(frozen=True, slots=True)
class Heard:
    status: int
    headers: Mapping[str, str]
    """By name in small letters."""


def ask(
    method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Heard:
    parts = urlsplit(url)
    connection = _connection(parts)
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Heard(answer.status, {name.lower(): value for name, value in answer.getheaders()})
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(
            f"{parts.scheme}://{parts.netloc} does not answer: {error or type(error).__name__}"
        ) from error
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.netloc, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
