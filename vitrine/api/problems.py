"""The one place where an error meets HTTP: RFC 9457 `application/problem+json`."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from rest_framework import exceptions

from vitrine import errors
from vitrine.wording import worded

log = structlog.get_logger()

_STATUS: dict[type[errors.VitrineError], int] = {
    errors.VitrineError: 500,
    errors.Refused: 400,
    errors.InvalidRequest: 400,
    errors.LoginNeeded: 401,
    errors.CodeNeeded: 401,
    errors.CodeWrong: 401,
    errors.KeyUnknown: 401,
    errors.KeyExpired: 401,
    errors.KeyRevoked: 401,
    errors.TooManyLogins: 429,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.InProgress: 409,
    errors.KeyReused: 422,
    errors.TooMany: 429,
    errors.Stale: 412,
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
    errors.ProviderFailed: 503,
    errors.StoreFailed: 503,
    errors.NotDelivered: 503,
    errors.Busy: 503,
}
"""A test fails for an error without a row."""

_TITLES = {
    400: ("invalid", gettext_noop("Some fields are not right")),
    401: ("login-needed", gettext_noop("Log in first")),
    403: ("not-allowed", gettext_noop("Your role does not allow this")),
    404: ("not-found", gettext_noop("Nothing here")),
    405: ("method-not-allowed", gettext_noop("This address does not take that method")),
    406: ("not-acceptable", gettext_noop("We answer in JSON")),
    413: ("too-large", gettext_noop("The request is too large")),
    415: ("unsupported-media-type", gettext_noop("This address does not take that content type")),
    429: ("too-many-requests", gettext_noop("Too many requests")),
    500: ("broken", gettext_noop("Something failed on our side")),
}


CHALLENGE = 'Bearer realm="vitrine", Api-Key realm="vitrine"'


def status_of(error: errors.VitrineError) -> int:
    """A test holds that every error of `errors.py` has its row; one made elsewhere answers like its parent."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def problem(status: int, code: str, title: str, detail: str, **more: Any) -> dict[str, Any]:
    return {
        "type": f"/docs/problems/{code}",
        "title": gettext(title),
        "status": status,
        "detail": worded(detail),
        "code": code,
        **more,
    }


def answer(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. None hands what nobody foresaw to Django: logged, and answered with a plain 500."""
    if isinstance(error, errors.VitrineError):
        status = status_of(error)
        faults = [{"pointer": one.pointer, "detail": worded(one.detail)} for one in error.faults]
        detail = error.detail
        # What was put together of its faults is put together anew: a field's name is no part of a sentence.
        if detail == _joined((one.pointer, one.detail) for one in error.faults):
            detail = _joined((one["pointer"], one["detail"]) for one in faults)
        body = problem(status, error.code, error.title, detail, **({"errors": faults} if faults else {}))
        return _response(status, body, _headers(error, status))
    if isinstance(error, OperationalError | InterfaceError):
        return _database_away(error)
    if isinstance(error, Http404):
        return _response(
            404, problem(404, *_TITLES[404], gettext("There is nothing at this address that you may read."))
        )
    if isinstance(error, PermissionDenied):
        return _response(
            403, problem(403, *_TITLES[403], str(error) or gettext("Ask an admin for another role."))
        )
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _response(413, problem(413, *_TITLES[413], _too_much(error, context["request"])))
    if isinstance(error, UnreadablePostError):
        return _response(400, problem(400, *_TITLES[400], "The request ended before all of it came."))
    if isinstance(error, exceptions.APIException):
        return _of_api_exception(error)
    return None


def _headers(error: errors.VitrineError, status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": CHALLENGE}
    wait_s = error.retry_after_s or (30 if status == 503 else None)
    return {"Retry-After": str(wait_s)} if wait_s else {}


def _of_api_exception(error: exceptions.APIException) -> HttpResponse:
    status = error.status_code
    code, title = _TITLES.get(status, (error.default_code, "The request was refused"))
    headers = {}
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        headers["WWW-Authenticate"] = CHALLENGE
    if isinstance(error, exceptions.ValidationError):
        faults = [
            {"pointer": pointer, "detail": worded(detail)} for pointer, detail in _pointers(error.detail)
        ]
        detail = _joined((one["pointer"], one["detail"]) for one in faults)
        return _response(status, problem(status, code, title, detail, errors=faults), headers)
    return _response(status, problem(status, code, title, str(error.detail)), headers)


def _too_much(error: Exception, request: HttpRequest) -> str:
    """Django names its setting, not what the sender can do about it."""
    if "settings." not in str(error):
        return str(error)
    if isinstance(error, TooManyFieldsSent):
        return f"A form may have at most {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields."
    if isinstance(error, TooManyFilesSent):
        return f"A form may have at most {settings.DATA_UPLOAD_MAX_NUMBER_FILES} file."
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return f"This body has {size:,} bytes, and at most {limit:,} are taken besides a model file."


def _joined(faults: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{pointer.lstrip('/') or 'request'}: {detail}" for pointer, detail in faults)


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


def _response(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    """Always JSON, whatever the request accepts and the view renders: better a problem than another refusal."""
    sent = {"Cache-Control": "no-store", **(headers or {})}
    return JsonResponse(body, status=status, headers=sent, content_type="application/problem+json")


class Answers:
    """What views outside the API raise, answered in the same words: a page for people, plain under /files/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        said = answer(exception, {"request": request})
        if said is None or isinstance(exception, Http404 | PermissionDenied | SuspiciousOperation):
            return None  # Django has pages for these
        if _is_api(request):
            return said
        body = json.loads(said.content)
        if isinstance(exception, errors.Broken):  # its reason names folders and buckets: that is for the log
            log.warning("request_failed", code=exception.code, detail=exception.detail)
            body["detail"] = gettext("Something behind this does not answer. Please try again in a moment.")
        page = _page(request, said.status_code, body["detail"], (body["code"], body["title"]))
        if "Retry-After" in said.headers:
            page.headers["Retry-After"] = said.headers["Retry-After"]
        return page


def _database_away(error: Exception) -> HttpResponse:
    log.error("database_away", reason=str(error))
    said = gettext("The database does not answer. Nothing was changed; try again in a moment.")
    body = problem(503, errors.Broken.code, errors.Broken.title, said)
    return _response(503, body, {"Retry-After": "5"})


def _is_api(request: HttpRequest) -> bool:
    return f"{request.path}/".startswith("/api/")


def _page(
    request: HttpRequest, status: int, detail: str, known: tuple[str, str] | None = None
) -> HttpResponse:
    code, title = known or _TITLES[status]
    if _is_api(request):
        return _response(status, problem(status, code, title, detail))
    # What is not there now may be published in a moment.
    headers = {"Cache-Control": "no-store"}
    if request.path.startswith("/files/"):
        plain = "text/plain; charset=utf-8"
        return HttpResponse(f"{detail}\n", status=status, content_type=plain, headers=headers)
    page = render(request, "vitrine/error.html", {"title": gettext(title), "detail": detail}, status=status)
    page.headers["Cache-Control"] = headers["Cache-Control"]
    return page


def bad_request_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request, 400, "The request cannot be read, or names a host that is not ours (ALLOWED_HOSTS)."
    )


def not_found_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, gettext("There is nothing at this address that you may read."))


def server_error_page(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, gettext("We have written it to the log. Please try again in a moment."))


def forbidden_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, gettext("Your role does not reach here. Ask an admin for another one."))


def csrf_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What came with the console's cookie came without the console's form token."""
    if f"{request.path}/".startswith("/api/"):
        return _page(
            request, 403, f"{reason} Send the CSRF token in X-CSRFToken, or a token instead of a cookie."
        )
    return render(request, "403_csrf.html", status=403)
