"""What every answer tells the browser about itself, by kind: a page, a page in somebody's frame, or nothing to look at.

Django, django-csp and the views set the rest: nosniff, Referrer-Policy, HSTS and COOP on everything, the pages' own
policy, and the few addresses that other origins may read.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
_POLICY, _PERMISSIONS = "Content-Security-Policy", "Permissions-Policy"
# Left out: clipboard-write, fullscreen, web-share, autoplay, which browsers give to our own pages anyway.
_OFF = ("display-capture", "geolocation", "hid", "microphone", "midi", "payment", "serial", "usb")
_FOR_AR = ("accelerometer", "camera", "gyroscope", "magnetometer", "xr-spatial-tracking")
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _OFF), *(f"{name}=(self)" for name in _FOR_AR)])
NO_PERMISSIONS = ", ".join(f"{name}=()" for name in (*_OFF, *_FOR_AR))
_SCRIPTS = ("/viewer/", "/static/")
"""Workers among them take their policy from their own answer: these keep the pages'."""


class Headers:
    """What a view says of itself stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        response.headers.setdefault(_PERMISSIONS, PERMISSIONS if is_page else NO_PERMISSIONS)
        if not is_page and not request.path.startswith(_SCRIPTS):
            response.headers.setdefault(_POLICY, NO_PAGE)
        return response
