"""The console's pages. Everything that changes something goes through the API, from the page's own script."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.catalog import queries
from vitrine.console.cards import STEP_WORDS, Card, cards_of
from vitrine.console.paging import Page
from vitrine.pipeline.formats import extensions


@require_safe
@never_cache
@guarded
def products(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    page = Page.of(words, request.GET.get("cursor", ""))
    shown = {"cards": cards_of(page.products), "page": page, "words": words, "steps": STEP_WORDS}
    taken = extensions(converts=settings.PIPELINE.converts)
    return render(request, "console/products.html", {**shown, "taken": taken})


@require_safe
@never_cache
@guarded
def card(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """One product's card, for the page's script to put in place of the one it has."""
    product = get_object_or_404(queries.products(include_unpublished=True), pk=product_id)
    cards: list[Card] = cards_of([product])
    return render(request, "console/card.html", {"card": cards[0]})
