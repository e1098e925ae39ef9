"""The door for HTTP servers."""

from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from vitrine.config.bodies import Bodies
from vitrine.config.environment import choose_settings
from vitrine.config.telling import begin_telling

choose_settings()
application = Bodies(get_wsgi_application(), most=settings.BODIES_AT_ONCE)

# Otherwise the first request of each process pays for importing every view.
import_module("vitrine.config.urls")
begin_telling()
