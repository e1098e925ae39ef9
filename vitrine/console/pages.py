"""The library, page and parts. Everything that changes something goes through the API, from the page's own script."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.access.models import User
from vitrine.catalog import queries, saved
from vitrine.catalog.originals import MOST_ORIGINALS
from vitrine.console import library
from vitrine.console.asking import Asked
from vitrine.console.cards import STEP_WORDS, Card, cards_of
from vitrine.console.downloads import MOST_LISTED
from vitrine.console.paging import Count, Page
from vitrine.pipeline.formats import extensions


@require_safe
@never_cache
@guarded
def products(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    taken = extensions(converts=settings.PIPELINE.converts)
    controls = {"choices": library.choices(asked), "texts": library.TEXTS, "steps": STEP_WORDS}
    most = {"most_originals": MOST_ORIGINALS, "most_listed": MOST_LISTED}
    return render(
        request, "console/products.html", {**_found(request, asked), **controls, "taken": taken, **most}
    )


@require_safe
@never_cache
@guarded
def products_list(request: HttpRequest) -> HttpResponse:
    """The list alone, for the page's script to put in place of the one it has."""
    return render(request, "console/library/found.html", _found(request, _asked(request)))


@require_safe
@never_cache
@guarded
def products_page(request: HttpRequest) -> HttpResponse:
    """The cards of one page more."""
    asked = _asked(request)
    page = Page.of(asked.wanted, asked.order, request.GET.get("cursor", ""))
    shown = {"cards": cards_of(page.products), "page": page}
    return render(request, "console/library/page.html", shown)


@require_safe
@never_cache
@guarded
def cards(request: HttpRequest) -> HttpResponse:
    """The cards of some products, as they are now; `ids` parted by commas."""
    found = queries.products(include_unpublished=True).filter(
        pk__in=library.ids_in(request.GET.get("ids", ""))
    )
    return render(request, "console/library/page.html", {"cards": cards_of(list(found))})


@require_safe
@never_cache
@guarded
def card(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """One product's card, for the page's script to put in place of the one it has."""
    product = get_object_or_404(queries.products(include_unpublished=True), pk=product_id)
    cards: list[Card] = cards_of([product])
    return render(request, "console/card.html", {"card": cards[0]})


@require_safe
@never_cache
@guarded
def matching(request: HttpRequest) -> HttpResponse:
    """The ids of all that match, for whoever selects them all."""
    ids, more = library.matching(_asked(request))
    return JsonResponse({"ids": ids, "more": more})


@require_safe
@never_cache
@guarded
def tags(request: HttpRequest) -> HttpResponse:
    """The tags in use, the most usual first."""
    return JsonResponse({"tags": library.tags_in_use()})


def _asked(request: HttpRequest) -> Asked:
    return Asked.of(request.GET, layout=request.COOKIES.get("layout", ""))


def _found(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What the list shows, and around it."""
    assert isinstance(request.user, User), "the guard lets in nobody else"
    page = Page.of(asked.wanted, asked.order, request.GET.get("cursor", ""))
    count = Count.of(asked.wanted)
    views = list(saved.seen_by(request.user))
    return {
        "asked": asked,
        "cards": cards_of(page.products),
        "page": page,
        "count": count,
        "views": views,
        "view": next((one for one in views if one.query == asked.query), None),
        "empty": count.number == 0 and not asked.narrowed,
    }
