"""The shoppers' door: product pages, files, and the element."""

from django.urls import path

from vitrine.storefront import delivery, embed, oembed, pages, viewer_files

urlpatterns = [
    path("p/<uuid:product_id>", pages.product_page, name="product-page"),
    path("p/<uuid:product_id>/", pages.product_page),
    path("p/<uuid:product_id>/snippets", pages.snippets, name="snippets"),
    path("embed/<uuid:product_id>", embed.embed, name="embed"),
    path("embed/<uuid:product_id>/", embed.embed),
    path("oembed", oembed.oembed, name="oembed"),
    path("oembed/", oembed.oembed),
    path("files/<path:key>", delivery.file, name="file"),
    path("viewer/<path:name>", viewer_files.viewer_file, name="viewer-file"),
]
