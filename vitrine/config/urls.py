"""Every address of the service, by door."""

from django.urls import include, path

from vitrine.api import problems
from vitrine.config import trust

urlpatterns = [
    path("", include("vitrine.api.urls")),
    path("", include("vitrine.storefront.urls")),
    path("", include("vitrine.console.urls")),
    path("ca.crt", trust.authority),
]

handler400 = problems.bad_request_page
handler403 = problems.forbidden_page
handler404 = problems.not_found_page
handler500 = problems.server_error_page
