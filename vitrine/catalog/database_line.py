"""One connection to PostgreSQL for all that an event loop asks of it: prepared statements in pipeline mode, by libpq
itself. Django's connection belongs to one thread and waits for each answer."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import AsyncConnection, OperationalError, pq

from vitrine.access.lines import Line, LineBroken

Row: TypeAlias = tuple[bytes | None, ...]

_PATIENCE_S = 2.0
_NOT_LIBPQS = {"context", "cursor_factory", "prepare_threshold", "server_side_binding", "row_factory"}


class DatabaseLine(Line):
    """Asks `statements` by their names; each answers with one row or none."""

    def __init__(self, statements: Mapping[str, str], *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__("database", patience_s=_PATIENCE_S, loop=loop)
        self._statements = {name.encode(): text.encode() for name, text in statements.items()}
        self._connection: AsyncConnection[Any] | None = None  # held so that nobody collects it
        self._libpq: Any = None
        self._socket = -1
        self._row: Row | None = None
        self._came = False
        self._to_sync = False

    def ask(self, name: bytes, values: Sequence[bytes]) -> asyncio.Future[Row | None]:
        """`values` as PostgreSQL reads them in text."""
        if not self.is_open or self._libpq is None:
            self.open_soon()
            raise LineBroken("database: not open")
        try:
            self._libpq.send_query_prepared(name, values)
        except OperationalError as error:
            self._break(str(error))
            raise LineBroken(f"database: {error}") from error
        if not self._to_sync:  # what is asked in one round of the loop goes out by one call of the system
            self._to_sync = True
            self._loop.call_soon(self._sync)
        return self._expect()

    def _sync(self) -> None:
        self._to_sync = False
        if self._libpq is None:
            return
        try:
            self._libpq.pipeline_sync()
            self._flush()
        except OperationalError as error:
            self._break(str(error))

    async def _connect(self) -> None:
        wanted = connections[DEFAULT_DB_ALIAS].get_connection_params()
        said = {name: value for name, value in wanted.items() if name not in _NOT_LIBPQS}
        self._connection = await AsyncConnection.connect(**said, autocommit=True)
        # From here on psycopg does nothing with it: it watched the socket only while it connected.
        self._libpq = self._connection.pgconn
        self._socket = self._libpq.socket
        self._libpq.nonblocking = 1
        self._libpq.enter_pipeline_mode()
        self._row, self._came = None, False
        self._loop.add_reader(self._socket, self._heard)
        for name, text in self._statements.items():
            self._libpq.send_prepare(name, text)
            self._libpq.pipeline_sync()
            self._flush()
            await self._expect()

    def _disconnect(self) -> None:
        """libpq closes its socket itself, and only here; the loop must have let go of the number before."""
        if self._libpq is None:
            return
        libpq, self._libpq = self._libpq, None
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket = -1
        libpq.finish()
        self._connection = None

    def _flush(self) -> None:
        if self._libpq.flush():
            self._loop.add_writer(self._socket, self._flush_more)

    def _flush_more(self) -> None:
        try:
            if not self._libpq.flush():
                self._loop.remove_writer(self._socket)
        except OperationalError as error:
            self._break(str(error))

    def _heard(self) -> None:
        try:
            self._libpq.consume_input()
            self._take_in()
        except OperationalError as error:
            self._break(str(error))

    def _take_in(self) -> None:
        """Each statement's results end with a None. One more is the end of what has come."""
        while not self._libpq.is_busy():
            result = self._libpq.get_result()
            if result is None:
                if not self._came:
                    return
                row, self._row, self._came = self._row, None, False
                self._answer(row)
            elif result.status == pq.ExecStatus.TUPLES_OK:
                self._came = True
                if result.ntuples:
                    self._row = tuple(result.get_value(0, column) for column in range(result.nfields))
            elif result.status == pq.ExecStatus.COMMAND_OK:  # it was prepared
                self._came = True
            elif result.status != pq.ExecStatus.PIPELINE_SYNC:
                said = result.error_message or b""  # what was asked with it goes unanswered, too
                self._break(said.decode(errors="replace").strip() or "refused")
                return
