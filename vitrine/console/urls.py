"""The staff's door: log in, see the products, upload."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from vitrine.console import pages

urlpatterns = [
    path("", pages.products, name="console"),
    path("products/<uuid:product_id>/card", pages.card, name="card"),
    path(
        "login",
        LoginView.as_view(template_name="console/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout", LogoutView.as_view(), name="logout"),
]
