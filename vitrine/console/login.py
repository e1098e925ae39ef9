"""/login: the same look at name and password as the API's, on a page."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from vitrine.access.addresses import address_of
from vitrine.access.login import log_in
from vitrine.access.models import User
from vitrine.errors import LoginNeeded, TooManyLogins


class LoginForm(AuthenticationForm):
    wait_s = 0
    user_cache: User | None

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password:
            return self.cleaned_data
        assert isinstance(self.request, HttpRequest), "the view hands its request on"
        try:
            self.user_cache = log_in(name, password, address_of(self.request))
        except TooManyLogins as error:
            self.wait_s = error.retry_after_s
            raise ValidationError(error.detail) from error
        except LoginNeeded as error:
            raise self.get_invalid_login_error() from error
        return self.cleaned_data


class LogIn(LoginView):
    http_method_names = ["get", "head", "post", "options"]  # Django's takes PUT for POST
    template_name = "console/login.html"
    redirect_authenticated_user = True
    authentication_form = LoginForm

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.wait_s:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.wait_s)
        return response
