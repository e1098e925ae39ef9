"""/api/tasks/stream: how jobs are doing, told as it happens (server-sent events, as WHATWG's HTML describes them)."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack
from time import monotonic
from typing import Any

from django.db import connection
from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from vitrine.access.models import Login
from vitrine.access.presence import Visit
from vitrine.api.products import writer
from vitrine.api.shapes import task_shape
from vitrine.processing import live
from vitrine.processing.live import STATION, Listener, News

LIFE_S = 300.0
BEAT_S = 10.0
"""A line without meaning so often: proxies keep the connection, and who went away is noticed."""
_AGAIN_MS = 2_000


class StreamFields(serializers.Serializer[Any]):
    product = serializers.UUIDField(required=False, help_text="Only this product's.")


class LiveEventOut(serializers.Serializer[Any]):
    """One event. `data` is JSON: of a `task`, the task; `mark` only names what was heard last."""

    event = serializers.CharField()
    data = serializers.CharField()  # type: ignore[assignment]  # the name that the standard gives it
    id = serializers.CharField(required=False)


class EventStream(JSONRenderer):
    """So that `Accept: text/event-stream` is taken; problems are JSON all the same."""

    media_type = "text/event-stream"
    format = "events"
    charset = "utf-8"


class TaskStream(APIView):
    renderer_classes = [EventStream]

    @extend_schema(
        operation_id="stream_tasks",
        description="Each event `task` carries a task as `GET /api/tasks/{id}/` tells it: first those that are open, "
        "then each that changes. `over` says that the login has ended. It ends by itself after some minutes: come "
        "again with `Last-Event-ID`, and nothing is missed. 503 `busy` when all places are taken.",
        responses={(200, "text/event-stream"): LiveEventOut},
        parameters=[
            StreamFields,
            OpenApiParameter("Last-Event-ID", int, OpenApiParameter.HEADER, description="Heard last."),
        ],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        asked = StreamFields(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said = request.headers.get("Last-Event-ID", "")
        places = ExitStack()
        listener = places.enter_context(STATION.listening(_visit(request)))
        with places:
            first = live.since(int(said) if said.isdecimal() and len(said) < 16 else None)
            product = asked.validated_data.get("product")
            telling = Telling(listener, first, product, get_language() or "", places.pop_all())
        return StreamingHttpResponse(
            telling,
            content_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )


class Telling:
    """The body, as long as it is wanted, in `language`. Closing it gives its place to the next."""

    def __init__(
        self, listener: Listener, first: News, product: object, language: str, places: ExitStack
    ) -> None:
        self._listener, self._first, self._product, self._places = listener, first, product, places
        self._language = language
        self._lines = self._told()

    def __iter__(self) -> "Telling":
        return self

    def __next__(self) -> bytes:
        return next(self._lines)

    def close(self) -> None:
        self._lines.close()
        self._places.close()

    def _told(self) -> Generator[bytes, None, None]:
        if not connection.in_atomic_block:  # ours is done with it; the station has its own
            connection.close()
        ends_at = monotonic() + LIFE_S
        yield f"retry: {_AGAIN_MS}\n\n".encode() + self._events(self._first)
        while monotonic() < ends_at:
            news = self._listener.wait(BEAT_S)
            if news is None:
                yield b": still here\n\n"
            elif news.elsewhere:
                return
            elif news.over:
                yield b"event: over\ndata: {}\n\n"
                return
            elif events := self._events(news):
                yield events

    def _events(self, news: News) -> bytes:
        of_product = [
            job for job in news.jobs if self._product is None or job.version.product_id == self._product
        ]
        with override(self._language):  # the request's own ended with its headers
            shapes = [task_shape(job) for job in of_product]
        told = b"".join(b"event: task\ndata: " + _json(shape) + b"\n\n" for shape in shapes)
        return told + f"id: {news.mark}\nevent: mark\ndata: {{}}\n\n".encode()


def _json(shape: Mapping[str, Any]) -> bytes:
    return bytes(JSONRenderer().render(shape))


def _visit(request: Request) -> Visit:
    session = getattr(request._request, "session", None)  # noqa: SLF001  # DRF gives no other way to it
    return Visit(
        person_id=writer(request).pk,
        session=session.session_key if session is not None and request.auth is None else None,
        login_id=request.auth.pk if isinstance(request.auth, Login) else None,
    )
