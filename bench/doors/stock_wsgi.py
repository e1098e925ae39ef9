"""The door for HTTP servers, as `vitrine/config/rsgi.py` is ours."""

from importlib import import_module

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
import_module("bench.doors.stock")
