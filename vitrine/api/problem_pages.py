"""`/docs/problems` and a page for each code: where the `type` of a problem leads (RFC 9457, 3.1.1)."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from vitrine.api.problem_codes import MEANINGS

_KEPT_BY_CACHES = "public, max-age=3600"


@require_safe
def every_problem(request: HttpRequest) -> HttpResponse:
    return _kept(render(request, "api/problems.html", {"problems": [_shown(code) for code in MEANINGS]}))


@require_safe
def one_problem(request: HttpRequest, code: str) -> HttpResponse:
    if code not in MEANINGS:
        raise Http404
    return _kept(render(request, "api/problem.html", _shown(code)))


def _kept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = _KEPT_BY_CACHES
    return response


def _shown(code: str) -> dict[str, str]:
    meaning = MEANINGS[code]
    return {
        "code": code,
        "statuses": ", ".join(map(str, meaning.statuses)),
        "means": _sentence(meaning.means),
        "cure": _sentence(meaning.cure),
        "more": f"docs/{meaning.more}" if meaning.more else "",
    }


def _sentence(text: str) -> SafeString:
    """With a capital and a full stop; what stands in backticks as code."""
    return format_html(
        "{}.", format_html_join("", "{}", ((part,) for part in _parts(text[0].upper() + text[1:])))
    )


def _parts(text: str) -> Iterator[str]:
    for index, part in enumerate(text.split("`")):
        yield format_html("<code>{}</code>", part) if index % 2 else part
