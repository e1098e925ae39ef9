"""The door for HTTP servers."""

from importlib import import_module

from django.core.wsgi import get_wsgi_application

from vitrine.config.bodies import never_all_waiting
from vitrine.config.environment import choose_settings

choose_settings()
application = never_all_waiting(get_wsgi_application())

# Otherwise the first request of each process pays for importing every view.
import_module("vitrine.config.urls")
