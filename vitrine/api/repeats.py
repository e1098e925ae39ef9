"""`Idempotency-Key`: a POST sent again makes its thing once (draft-ietf-httpapi-idempotency-key-header-07).

`@repeatable` above a view's `post` is all that a route needs. The same key and the same request by the same caller
within a day gives the first answer again, marked `Idempotent-Replayed: true`; the same key with another request a 422;
while the first is still being answered, a 409 with `Retry-After`, as the draft asks: waiting would hold two threads for
one answer. Only what was made is kept: what was refused may be mended and sent again under its key.

A process that dies halfway gives its key up after two minutes. If the view makes its thing under `id_for(request)` and
has a method `made`, whoever takes over answers with what was made already.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.callers import name_of_caller
from vitrine.api.models import Repeat
from vitrine.errors import InProgress, InvalidRequest

_KEY = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255})')
_KEPT_HEADERS = ("Location", "ETag", "Cache-Control", "Retry-After")

View = Callable[..., HttpResponseBase]


def repeatable(view: View) -> View:
    """For the `post` of a view that makes something."""

    @wraps(view)
    def answer(self: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key_of(request)
        if key is None:
            return view(self, request, *args, **kwargs)
        claim = Repeat.claim(name_of_caller(request), key, _fingerprint(request))
        if claim.status is not None:
            return _again(claim, key)
        return _first(claim, key, lambda: _made(claim, view, self, request, *args, **kwargs))

    answer.repeatable = True  # type: ignore[attr-defined]  # the OpenAPI document asks for it
    return answer


def id_for(request: Request) -> uuid.UUID:
    """The id for what a repeatable request makes: the same however often it is tried."""
    reserved: uuid.UUID | None = getattr(request, "reserved_id", None)
    return reserved or uuid.uuid4()


def _made(claim: Repeat, view: View, self: APIView, request: Request, /, *args: Any, **kwargs: Any) -> Any:
    request.reserved_id = claim.pk  # type: ignore[attr-defined]  # read by id_for
    made = getattr(self, "made", None)
    if claim.attempts > 1 and made is not None:
        with suppress(Http404):
            return made(request, claim.pk, **kwargs)
    return view(self, request, *args, **kwargs)


def _first(claim: Repeat, key: str, make: Callable[[], Any]) -> HttpResponseBase:
    kept = False
    try:
        response: Response = make()
        if response.status_code < 400:
            headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
            claim.keep(key, response.status_code, headers, JSONRenderer().render(response.data))
            kept = True
    except IntegrityError as error:  # one that we took for dead made it a moment ago
        raise InProgress("Another request with this Idempotency-Key has just been answered.") from error
    finally:
        if not kept:
            claim.forget()
    return response


def _again(claim: Repeat, key: str) -> HttpResponse:
    headers, body = claim.kept(key)
    headers["Idempotent-Replayed"] = "true"
    return HttpResponse(body, status=claim.status or 200, headers=headers, content_type="application/json")


def _key_of(request: Request) -> str | None:
    """The key, as the structured field that it is or as the bare word that most send."""
    said = request.headers.get("Idempotency-Key")
    if said is None:
        return None
    found = _KEY.fullmatch(said.strip())
    if found is None:
        raise InvalidRequest(
            f"Idempotency-Key has {len(said)} characters; give 1 to 255 printable ASCII ones, such as a UUID."
        )
    return found[1] or found[2]


def _fingerprint(request: Request) -> str:
    """Of what is asked, not of how it is written: a form's boundary differs from one try to the next."""
    data = request.data
    if isinstance(data, QueryDict):
        fields = [(name, data.getlist(name)) for name in sorted(data) if name not in request.FILES]
        files = [(name, getattr(one, "sha256", one.name), one.size) for name, one in request.FILES.items()]
        asked: Any = [fields, sorted(files)]
    else:
        asked = data
    whole = [request.method, request.path.rstrip("/"), request.META.get("QUERY_STRING", ""), asked]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
