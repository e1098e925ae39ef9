"""The shoppers' door: product pages, files, and the element."""

from django.urls import path

from vitrine.access.limits import Kind
from vitrine.storefront import branding, delivery, embed, oembed, pages, privacy, viewer_files
from vitrine.storefront.limiting import limited

urlpatterns = [
    path("p/<uuid:product_id>", limited(pages.product_page), name="product-page"),
    path("p/<uuid:product_id>/", limited(pages.product_page)),
    path("p/<uuid:product_id>/snippets", pages.snippets, name="snippets"),
    path("embed/<uuid:product_id>", limited(embed.embed), name="embed"),
    path("embed/<uuid:product_id>/", limited(embed.embed)),
    path("oembed", limited(oembed.oembed), name="oembed"),
    path("oembed/", limited(oembed.oembed)),
    path("privacy", limited(privacy.policy), name="privacy"),
    path("privacy/", limited(privacy.policy)),
    path("files/<path:key>", limited(delivery.file, Kind.FILES), name="file"),
    path("branding/<str:name>", limited(branding.file, Kind.FILES), name="branding-file"),
    path("viewer/<path:name>", viewer_files.viewer_file, name="viewer-file"),
]
