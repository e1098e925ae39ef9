"""The staff's door: log in, see the products, upload."""

from django.urls import include, path

from vitrine.console import (
    campaigns,
    deleted,
    downloads,
    leaving,
    numbers,
    pages,
    passwords,
    product,
    product_preview,
    single_sign_on,
)
from vitrine.console.login import LogIn, LogInCode

urlpatterns = [
    path("", pages.products, name="console"),
    path("products/list", pages.products_list, name="products-list"),
    path("products/page", pages.products_page, name="products-page"),
    path("products/cards", pages.cards, name="cards"),
    path("products/matching", pages.matching, name="matching"),
    path("products/download", downloads.download, name="download"),
    path("products/tags", pages.tags, name="tags"),
    path("products/deleted", deleted.deleted, name="deleted"),
    path("products/deleted/<uuid:product_id>/poster", deleted.poster, name="deleted-poster"),
    path("products/<uuid:product_id>/card", pages.card, name="card"),
    path("products/<uuid:product_id>", product.product, name="product-sheet"),
    path("products/<uuid:product_id>/versions/<int:number>", product_preview.preview, name="version-preview"),
    path("products/<uuid:product_id>/changes", product.changes, name="product-changes"),
    path("products/<uuid:product_id>/numbers", numbers.of_product, name="product-numbers"),
    path("numbers", numbers.numbers, name="numbers"),
    path("campaigns", campaigns.campaigns, name="console-campaigns"),
    path("campaigns/<uuid:campaign_id>", campaigns.campaign, name="console-campaign"),
    path("login", LogIn.as_view(), name="login"),
    path("login/code", LogInCode.as_view(), name="login-code"),
    path("login/sso", single_sign_on.leave, name="sso"),
    path("login/sso/back", single_sign_on.back, name="sso-back"),
    path("password/forgotten", passwords.forgotten, name="password-forgotten"),
    path("password/new", passwords.new, name="password-new"),
    path("logout", leaving.log_out, name="logout"),
    path("", include("vitrine.console.settings.urls")),
]
