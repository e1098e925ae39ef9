"""/password/forgotten and /password/new: for who forgot a password, and for who has none yet."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vitrine.access import links
from vitrine.access.addresses import address_of
from vitrine.access.passwords import LONGEST
from vitrine.errors import InvalidRequest, TooManyLogins


class ForgottenForm(forms.Form):
    email = forms.EmailField(max_length=254)


class NewForm(forms.Form):
    link = forms.CharField(max_length=1000)
    new = forms.CharField(max_length=LONGEST, strip=False)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    told, status = "", 200
    if form.is_valid():
        try:
            links.forgotten(form.cleaned_data["email"], base=base_of(request), address=address_of(request))
            told = gettext("If somebody here has this address, a mail is on its way.")
        except TooManyLogins as error:
            form.add_error("email", error.detail)
            status = 429
    return render(request, "console/forgotten.html", {"form": form, "told": told}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            links.redeem(form.cleaned_data["link"], form.cleaned_data["new"])
            return redirect(settings.LOGIN_URL)
        except InvalidRequest as error:
            for fault in error.faults:
                form.add_error(fault.pointer.lstrip("/"), fault.detail)
    return render(request, "console/new_password.html", {"form": form})


def base_of(request: HttpRequest) -> str:
    """Where this service is reached: PUBLIC_URL, else the host that was asked (an allowed one)."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
