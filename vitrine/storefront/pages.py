"""/p/{id}: one product, large and calm; for anyone when it is published. /p/{id}/snippets: how to show it elsewhere."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.catalog import queries
from vitrine.catalog.branding import Branding
from vitrine.storefront.exhibit import Exhibit
from vitrine.storefront.linked_data import json_for_script, linked_data
from vitrine.storefront.readers import reads_unpublished
from vitrine.storefront.snippets import Shelf

PUBLIC = "public, max-age=30, stale-while-revalidate=300"
PRIVATE = "private, no-store"


@require_safe
def product_page(request: HttpRequest, product_id: UUID) -> HttpResponse:
    staff = reads_unpublished(request)
    product = get_object_or_404(queries.products(include_unpublished=staff), pk=product_id)
    exhibit = Exhibit.of(product, base_url(request))
    shown = {"exhibit": exhibit, "staff": staff, "linked_data": json_for_script(linked_data(exhibit))}
    shown["privacy"] = bool(settings.PRIVACY_CONTACT)  # a policy that names nobody is none to lead to
    shown["branding"] = Branding.current()
    response = render(request, "storefront/product.html", shown)
    response.headers["Cache-Control"] = PRIVATE if staff else PUBLIC
    return response


@require_safe
@never_cache
@guarded
def snippets(request: HttpRequest, product_id: UUID) -> HttpResponse:
    product = get_object_or_404(queries.products(include_unpublished=True), pk=product_id)
    shelf = Shelf.of(product, base_url(request), request.GET.get("tab", ""))
    return render(request, "storefront/snippets.html", {"product": product, "shelf": shelf})


def base_url(request: HttpRequest) -> str:
    """Where this service is reached: PUBLIC_URL, else the host that was asked (an allowed one)."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
