"""/settings/branding: how the pages for shoppers name who shows the products."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.catalog.branding import NAME_LENGTH, Branding
from vitrine.catalog.models import Product


@require_safe
@never_cache
@guarded
def branding(request: HttpRequest) -> HttpResponse:
    example = (
        Product.objects.filter(deleted_at=None)
        .exclude(published_version=None)
        .order_by("-created_at")
        .first()
    )
    shown = {"branding": Branding.current(), "most_letters": NAME_LENGTH, "example": example}
    return render(request, "console/settings/branding.html", shown)
