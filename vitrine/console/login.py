"""/login: the same look at name and password as the API's, on a page; and at the code of who has a second factor."""

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from vitrine.access.addresses import address_of
from vitrine.access.login import check_code, check_password, welcome
from vitrine.access.models import User, mark_of
from vitrine.errors import LoginNeeded, TooManyLogins

_HALF_IN = "half_in"
_HALF_IN_S = 300


class LoginForm(AuthenticationForm):
    wait_s = 0
    user_cache: User | None

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password:
            return self.cleaned_data
        assert isinstance(self.request, HttpRequest), "the view hands its request on"
        try:
            self.user_cache = check_password(name, password, address_of(self.request))
        except TooManyLogins as error:
            self.wait_s = error.retry_after_s or 0
            raise ValidationError(error.detail) from error
        except LoginNeeded as error:
            raise ValidationError(error.detail) from error
        return self.cleaned_data


class _HeldBack(LoginView):
    """Django's, with 429 for who tried too often."""

    http_method_names = ["get", "head", "post", "options"]  # Django's takes PUT for POST
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        """Django's would look at who is there before the method."""
        if (request.method or "").lower() not in self.http_method_names:
            return self.http_method_not_allowed(request)
        return self.welcome_or_ask(request, *args, **options)

    def welcome_or_ask(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **options)

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.wait_s:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.wait_s)
        return response


class LogIn(_HeldBack):
    template_name = "console/login.html"
    authentication_form = LoginForm
    extra_context = {"sso": settings.OIDC_ISSUER}

    def form_valid(self, form: AuthenticationForm) -> HttpResponseRedirect:
        person = form.get_user()
        assert isinstance(person, User), "the form is valid"
        if person.has_second_factor:
            half = {"person": str(person.pk), "mark": mark_of(person), "until": time.time() + _HALF_IN_S}
            self.request.session[_HALF_IN] = half
            query = urlencode({"next": self.get_redirect_url()})
            return HttpResponseRedirect(f"{reverse('login-code')}?{query}")
        welcome(person, address_of(self.request))
        login(self.request, person)
        return HttpResponseRedirect(self.get_success_url())


class CodeForm(forms.Form):
    wait_s = 0
    code = forms.CharField(max_length=40)

    def __init__(self, request: HttpRequest, person: User, *args: Any, **options: Any) -> None:
        self._request, self._person = request, person
        super().__init__(*args, **options)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            check_code(self._person, code, address_of(self._request))
        except TooManyLogins as error:
            self.wait_s = error.retry_after_s or 0
            raise ValidationError(error.detail) from error
        except LoginNeeded as error:
            raise ValidationError(error.detail) from error
        return code


class LogInCode(_HeldBack):
    """The second half, for five minutes after the first."""

    template_name = "console/login_code.html"

    def welcome_or_ask(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        self.person = _half_in(request)
        if self.person is None and not request.user.is_authenticated:
            return redirect(settings.LOGIN_URL)
        return super().welcome_or_ask(request, *args, **options)

    def get_form(self, form_class: Any = None) -> Any:
        assert self.person is not None, "dispatch has seen to it"
        data = self.request.POST if self.request.method == "POST" else None
        return CodeForm(self.request, self.person, data)

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        assert self.person is not None, "dispatch has seen to it"
        del self.request.session[_HALF_IN]
        welcome(self.person, address_of(self.request))
        login(self.request, self.person)
        return HttpResponseRedirect(self.get_success_url())


def _half_in(request: HttpRequest) -> User | None:
    """Who has given the right password a moment ago, and has not changed it since."""
    half = request.session.get(_HALF_IN)
    if half is None or half["until"] < time.time():
        return None
    person = User.objects.filter(pk=half["person"], is_active=True).first()
    return person if person is not None and mark_of(person) == half["mark"] else None
