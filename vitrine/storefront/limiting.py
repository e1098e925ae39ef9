"""The shoppers' door's limits: by address, and wide, since many may share one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from vitrine.access.limits import Kind, name_of_address, take

View = Callable[..., HttpResponseBase]


def limited(view: View, kind: Kind = Kind.PUBLIC) -> View:
    """Within the limit the answer says nothing of it: it may be kept by caches, and is the same for everybody."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        taken = take(kind, name_of_address(request))
        if taken.allowed:
            return view(request, *args, **kwargs)
        wait = str(taken.retry_after_s)
        headers = {**taken.headers, "Retry-After": wait, "Cache-Control": "no-store"}
        headers["Access-Control-Allow-Origin"] = "*"
        said = f"Too many requests from your address. Try again in {wait} s.\n"
        return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8", headers=headers)

    return answer
