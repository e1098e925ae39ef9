"""The one place where an error meets HTTP: RFC 9457 `application/problem+json`."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response

from vitrine import errors

_STATUS: dict[type[errors.VitrineError], int] = {
    errors.VitrineError: 500,
    errors.Refused: 400,
    errors.InvalidRequest: 400,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.ChecksumMismatch: 422,
    errors.UnsupportedFormat: 415,
    errors.ModelRejected: 422,
    errors.ProofTooLow: 422,
    errors.TargetRefused: 422,
    errors.Broken: 503,
    errors.Busy: 503,
    errors.EngineFailed: 503,
    errors.StudioFailed: 503,
    errors.UsdzFailed: 503,
    errors.ImportFailed: 503,
    errors.StoreFailed: 503,
    errors.NotDelivered: 503,
}
"""A test fails for an error without a row."""

_TITLES = {
    400: ("invalid", "Some fields are not right"),
    401: ("login-needed", "Log in first"),
    403: ("not-allowed", "Your role does not allow this"),
    404: ("not-found", "Nothing here"),
    405: ("method-not-allowed", "This address does not take that method"),
    406: ("not-acceptable", "We answer in JSON"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-media-type", "This address does not take that content type"),
    429: ("too-many-requests", "Too many requests"),
    500: ("broken", "Something failed on our side"),
}


def status_of(error: errors.VitrineError) -> int:
    """A test holds that every error of `errors.py` has its row; one made elsewhere answers like its parent."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def problem(status: int, code: str, title: str, detail: str, **more: Any) -> dict[str, Any]:
    return {
        "type": f"/docs/problems#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None hands what nobody foresaw to Django: logged, and answered with a plain 500."""
    if isinstance(error, errors.VitrineError):
        status = status_of(error)
        body = problem(status, error.code, error.title, error.detail, **_faults(error))
        return _response(status, body, {"Retry-After": "30"} if status == 503 else {})
    if isinstance(error, Http404):
        return _response(
            404, problem(404, *_TITLES[404], "There is nothing at this address that you may read.")
        )
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _response(413, problem(413, *_TITLES[413], str(error)))
    if isinstance(error, exceptions.APIException):
        return _of_api_exception(error)
    return None


def _of_api_exception(error: exceptions.APIException) -> Response:
    status = error.status_code
    code, title = _TITLES.get(status, (error.default_code, "The request was refused"))
    headers = {}
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        headers["WWW-Authenticate"] = getattr(error, "auth_header", 'Bearer realm="vitrine"')
    if isinstance(error, exceptions.ValidationError):
        faults = [{"pointer": pointer, "detail": detail} for pointer, detail in _pointers(error.detail)]
        detail = "; ".join(f"{one['pointer'].lstrip('/') or 'request'}: {one['detail']}" for one in faults)
        return _response(status, problem(status, code, title, detail, errors=faults), headers)
    return _response(status, problem(status, code, title, str(_first(error.detail))), headers)


def _first(detail: Any) -> Any:
    """simplejwt says its reason in a dict, everybody else in a string."""
    return detail.get("detail", detail) if isinstance(detail, dict) else detail


def _faults(error: errors.VitrineError) -> dict[str, Any]:
    if not error.faults:
        return {}
    return {"errors": [{"pointer": one.pointer, "detail": one.detail} for one in error.faults]}


def _pointers(detail: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """JSON Pointers (RFC 6901) for DRF's nested error lists."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointers(inner, pointer + step)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _pointers(inner, pointer)
    else:
        yield pointer, str(detail)


def _response(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    response = Response(body, status=status, headers=headers or {}, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    code, title = _TITLES[status]
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem(status, code, title, detail), status=status, content_type="application/problem+json"
        )
    page = render(request, "vitrine/error.html", {"title": title, "detail": detail}, status=status)
    page.headers["Cache-Control"] = "no-store"  # what is not there now may be published in a moment
    return page


def bad_request_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request, 400, "The request cannot be read, or names a host that is not ours (ALLOWED_HOSTS)."
    )


def not_found_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, "There is nothing at this address that you may read.")


def server_error_page(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, "We have written it to the log. Please try again in a moment.")
