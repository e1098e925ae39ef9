"""/p/{id}: one product, large and calm; for anyone when it is published."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vitrine.catalog import queries
from vitrine.storefront.exhibit import Exhibit
from vitrine.storefront.readers import reads_unpublished

_PUBLIC = "public, max-age=30, stale-while-revalidate=300"
_PRIVATE = "private, no-store"


@require_safe
def product_page(request: HttpRequest, product_id: UUID) -> HttpResponse:
    staff = reads_unpublished(request)
    product = get_object_or_404(queries.products(include_unpublished=staff), pk=product_id)
    exhibit = Exhibit.of(product, base_url(request))
    response = render(request, "storefront/product.html", {"exhibit": exhibit, "staff": staff})
    response.headers["Cache-Control"] = _PRIVATE if staff else _PUBLIC
    return response


def base_url(request: HttpRequest) -> str:
    """Where this service is reached: PUBLIC_URL, else the host that was asked (an allowed one)."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
