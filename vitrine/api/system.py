"""/health/…: whether this process lives, and whether it can do its work."""

import time
from collections.abc import Callable
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from vitrine.access.arrival import caller_of
from vitrine.access.roles import Action
from vitrine.catalog import files
from vitrine.errors import StoreFailed
from vitrine.pipeline.studio import find_chromium

log = structlog.get_logger()

_FILES_KNOWN_S = 10.0
_files_known: dict[str, Any] = {"until": 0.0, "part": {}}  # by this process's monotonic clock


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database and the store answer. Redis and Chromium are not needed to serve: they say `degraded`.

    Each part's state is for who may read the service's numbers; others hear `ok` or `failing`.
    """
    found = parts()
    needed = all(found[name]["status"] == "ok" for name in ("database", "files"))
    whole = all(part["status"] == "ok" for part in found.values())
    status = "ok" if whole else "degraded" if needed else "failing"
    if not needed:
        unwell = [name for name, part in found.items() if part["status"] != "ok"]
        log.warning("not_ready", parts=unwell)
    seen = found["database"]["status"] == "ok" and _may_see_parts(request)
    return JsonResponse(
        {"status": status, "parts": found} if seen else {"status": "ok" if needed else "failing"},
        status=200 if needed else 503,
        headers={"Cache-Control": "no-store"},
    )


def parts() -> dict[str, dict[str, Any]]:
    """How each part does: `status` is ok, degraded or failing, and `detail` says what to do. Where workers are other
    machines, theirs is not looked at: a web server's own Chromium would say nothing of them.
    """
    return {name: check() for name, check in _CHECKS.items() if name != "studio" or settings.COOKS}


def _may_see_parts(request: HttpRequest) -> bool:
    caller = caller_of(request)
    return caller is not None and caller.may(Action.MEASURE)


def _part(status: str, detail: str = "") -> dict[str, Any]:
    return {"status": status, **({"detail": detail} if detail else {})}


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _part("failing", "PostgreSQL does not answer.")
    return _part("ok")


def _queue() -> dict[str, Any]:
    try:
        once = {"socket_timeout": 2, "socket_connect_timeout": 2, "retry": Retry(NoBackoff(), 0)}
        with redis.Redis.from_url(settings.REDIS_URL, **once) as client:
            client.ping()
    except redis.RedisError:
        return _part("degraded", "Redis does not answer: uploads are taken, jobs start later.")
    return _part("ok")


def _files() -> dict[str, Any]:
    """A trial costs the store some requests and anybody may ask, so one answer serves for a while. Its reason
    names folders and buckets: that is for the log."""
    now = time.monotonic()
    if now >= _files_known["until"]:
        _files_known.update(until=now + _FILES_KNOWN_S, part=_tried_files())
    part: dict[str, Any] = _files_known["part"]
    return part


def _tried_files() -> dict[str, Any]:
    try:
        files.store().check()
    except StoreFailed as error:
        log.warning("store_failing", detail=error.detail)
        return _part("failing", "The file store does not answer; the web server's log says why.")
    return _part("ok")


def _studio() -> dict[str, Any]:
    if find_chromium(str(settings.PIPELINE.chromium or "") or None) is None:
        return _part(
            "degraded",
            "No Chromium was found, so there are no posters and variants are not proven. "
            "Install Chromium, or name it in CHROMIUM, and optimize again.",
        )
    return _part("ok")


_CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "queue": _queue,
    "files": _files,
    "studio": _studio,
}
