"""The staff's door: log in, see the products, upload."""

from django.urls import include, path

from vitrine.console import leaving, pages, passwords, single_sign_on
from vitrine.console.login import LogIn, LogInCode

urlpatterns = [
    path("", pages.products, name="console"),
    path("products/<uuid:product_id>/card", pages.card, name="card"),
    path("login", LogIn.as_view(), name="login"),
    path("login/code", LogInCode.as_view(), name="login-code"),
    path("login/sso", single_sign_on.leave, name="sso"),
    path("login/sso/back", single_sign_on.back, name="sso-back"),
    path("password/forgotten", passwords.forgotten, name="password-forgotten"),
    path("password/new", passwords.new, name="password-new"),
    path("logout", leaving.log_out, name="logout"),
    path("", include("vitrine.console.settings.urls")),
]
