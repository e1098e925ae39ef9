"""The staff's door: log in, see the products, upload."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from vitrine.console import campaigns, pages, passwords, single_sign_on
from vitrine.console.login import LogIn, LogInCode

urlpatterns = [
    path("", pages.products, name="console"),
    path("products/<uuid:product_id>/card", pages.card, name="card"),
    path("campaigns", campaigns.campaigns, name="console-campaigns"),
    path("campaigns/<uuid:campaign_id>", campaigns.campaign, name="console-campaign"),
    path("login", LogIn.as_view(), name="login"),
    path("login/code", LogInCode.as_view(), name="login-code"),
    path("login/sso", single_sign_on.leave, name="sso"),
    path("login/sso/back", single_sign_on.back, name="sso-back"),
    path("password/forgotten", passwords.forgotten, name="password-forgotten"),
    path("password/new", passwords.new, name="password-new"),
    path("logout", LogoutView.as_view(), name="logout"),
]
