"""The door for granian: `--interface rsgi vitrine.config.rsgi:application`."""

import asyncio
import signal
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from vitrine.config.bodies import Bodies
from vitrine.config.environment import choose_settings
from vitrine.config.telling import begin_telling

choose_settings()
_django = Bodies(get_wsgi_application(), most=settings.BODIES_AT_ONCE)

# Otherwise the first request of each process pays for importing every view.
import_module("vitrine.config.urls")
_Entrance = import_module("vitrine.config.entrance").Entrance  # its models can be imported only now
begin_telling()


class Application:
    """What RSGI asks for."""

    def __init__(self) -> None:
        self._entrance: Any = None
        self._beginning: asyncio.Task[bool] | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._entrance = _Entrance(_django, loop)
        self._beginning = loop.create_task(self._entrance.quick.begin())
        # granian has asked the loop to tell it of these signals, which goes on: the loop hears of them by a pipe.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._entrance.stop))
            signal.siginterrupt(number, False)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_until_complete(self._entrance.quick.end())

    async def __rsgi__(self, scope: Any, exchange: Any) -> None:
        await self._entrance.answer(scope, exchange)


application = Application()
