"""`make run`: everything of one machine in the foreground, until Ctrl-C or SIGTERM."""

import hashlib
import http.client
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connections

from vitrine import __version__
from vitrine.catalog import queries
from vitrine.catalog.models import Product
from vitrine.config import embedded
from vitrine.config.admin import NAME, make_admin_if_nobody_is_there
from vitrine.config.backup.marker import refuse_half_restored
from vitrine.config.children import Child, adopt_orphans, bury_orphans, end_descendants
from vitrine.config.environment import ENVIRONMENT, ROOT, Environment, for_child
from vitrine.config.fault import SetupFault
from vitrine.config.only_one import only_one
from vitrine.config.phone import code, how_to_trust, phone_url
from vitrine.config.port import check_port
from vitrine.config.progress import say
from vitrine.config.serving import APPLICATION, GRANIAN
from vitrine.config.tls import Tls, connection_to, names_of, provide, tls_of

_WEB_PROCESSES = 2
_BOOT_S = 180.0
_TICK_S = 0.2
_MEND_EVERY_S = 1.0


class Up:
    """One run: what it started, and whether it has been told to stop."""

    def __init__(self, environment: Environment = ENVIRONMENT) -> None:
        self.environment = environment
        self.logs = environment.data_dir / "logs"
        self.children: list[Child] = []
        self.demo: Child | None = None
        self.told_to_stop = 0
        self.unsaid_password: str | None = None
        self.unsaid_code = environment.tls

    def run(self) -> None:
        """Until told to stop. Leaves nothing running."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        adopt_orphans()
        self.logs.mkdir(exist_ok=True)
        with only_one(self.environment.data_dir):
            refuse_half_restored(self.environment.data_dir)
            check_port(self.environment.host, self.environment.port)
            try:
                self._make_ready()
                self._start()
                self._watch()
            finally:
                self._say_password()
                self._end()

    def _make_ready(self) -> None:
        say(f"Vitrine {__version__}, data in {self.environment.data_dir}")
        say("  Bringing the database up to date")
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        if self.environment.tls and provide(tls_of(self.environment.data_dir), names_of(self.environment)):
            say("  Made a certificate authority: a phone is to trust it once")
        self.unsaid_password = make_admin_if_nobody_is_there(self.environment.admin_password)
        connections.close_all()

    def _start(self) -> None:
        if self.told_to_stop:
            return
        say("  Starting the web server and the worker")
        self.children = [self._web(), worker(self.environment)]
        for child in self.children:
            child.start()
        if not self._answers_in_time():
            return
        self._announce()
        if self.environment.demo:
            self.demo = self._demo()
            self.demo.start()
        self._say_code()

    def _watch(self) -> None:
        last_mended = time.monotonic()
        while not self.told_to_stop:
            time.sleep(_TICK_S)
            for child in self.children:
                if (said := child.mend()) is not None:
                    say(said)
            if time.monotonic() - last_mended > _MEND_EVERY_S:
                last_mended = time.monotonic()
                embedded.mend(self.environment)
                for child in self.children:
                    child.shorten_log()
                self._look_at_demo()
                self._say_code()
            bury_orphans(self._all())

    def _look_at_demo(self) -> None:
        if self.demo is not None and not self.demo.lives:
            if self.demo.process is not None and self.demo.process.returncode != 0:
                say(f"The demo products are not all there. {self.demo.how_it_ended()}")
            self.demo = None

    def _end(self) -> None:
        children = self._all()
        if any(child.lives for child in children):
            say("Stopping; a model that is being cooked is given some seconds. Ctrl-C again: at once.")
        for child in children:
            child.ask_to_end()
        asked_at = time.monotonic()
        hurry_from = self.told_to_stop
        for child in children:
            while child.lives and self.told_to_stop <= hurry_from:
                if time.monotonic() - asked_at > child.patience_s:
                    break
                bury_orphans(children)
                time.sleep(_TICK_S / 4)
            child.end()
        end_descendants()
        embedded.leave()
        if children:
            say("Stopped. Everything is kept; `make run` goes on from here.")

    def _all(self) -> list[Child]:
        return [*self.children, *([self.demo] if self.demo else [])]

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop += 1

    def _answers_in_time(self) -> bool:
        """False when we are told to stop meanwhile."""
        web = self.children[0]
        deadline = time.monotonic() + _BOOT_S
        while not self.told_to_stop and not answers(self.environment):
            if not web.lives:
                raise SetupFault(web.how_it_ended())
            if time.monotonic() > deadline:
                raise SetupFault(f"The web server did not answer within {_BOOT_S:.0f} s; see '{web.log}'.")
            time.sleep(_TICK_S / 2)
        return not self.told_to_stop

    def _announce(self) -> None:
        url = own_url(self.environment)
        lines = [
            f"Open        {self.environment.public_url or url}/",
            f"Log in as   {NAME}",
            *([f"Password    {self.unsaid_password}"] if self.unsaid_password else []),
            *(
                ["            (shown this once; `make password` sets another)"]
                if self.unsaid_password
                else []
            ),
            f"API         {url}/api/docs/",
            f"Logs        {self.logs}",
            *self._phone_lines(),
            "Ctrl-C stops everything.",
        ]
        self.unsaid_password = None
        say(boxed(lines))

    def _phone_lines(self) -> list[str]:
        if not self.environment.tls:
            return []
        url = phone_url(self.environment)
        if url is None:
            return ["", "Phones      cannot reach this machine: make run HOST=0.0.0.0 TLS=1", ""]
        return [*how_to_trust(url), ""]

    def _say_code(self) -> None:
        """Once, as soon as there is a product to open on a phone; the front page where none will come by itself."""
        if not self.unsaid_code or (url := phone_url(self.environment)) is None:
            return
        shown = queries.products(include_unpublished=False).order_by("created_at").first()
        more_to_come = self.demo is not None or Product.objects.filter(deleted_at=None).exists()
        connections.close_all()
        if shown is None and more_to_come:
            return
        self.unsaid_code = False
        address = f"{url}/p/{shown.pk}" if shown else f"{url}/"
        say(f"For a phone: {address}\n\n{code(address)}\n")

    def _say_password(self) -> None:
        if self.unsaid_password is not None:
            say(boxed([f"The user {NAME} was made. Password: {self.unsaid_password}"]))
            self.unsaid_password = None

    def _web(self) -> Child:
        where = ("--host", self.environment.host, "--port", str(self.environment.port))
        size = ("--workers", str(_WEB_PROCESSES))
        tls = tls_options(tls_of(self.environment.data_dir)) if self.environment.tls else ()
        # A worker that is told to end before it listens for that never does; were we killed, nobody else would end it.
        manners = ("--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "8")
        return Child(
            "web server",
            [sys.executable, *GRANIAN, *where, *size, *tls, *manners, APPLICATION],
            self.logs / "web.log",
            child_environment(self.environment),
            patience_s=10.0,
        )

    def _demo(self) -> Child:
        return Child(
            "demo",
            [sys.executable, str(ROOT / "manage.py"), "demo", own_url(self.environment)],
            self.logs / "demo.log",
            child_environment(self.environment),
            patience_s=3.0,
            talks=True,
        )


def worker(environment: Environment) -> Child:
    """A Celery worker. SIGTERM gives what it cooks some seconds; then the job goes back: `processing/recall.py`."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning")
    return Child(
        "worker",
        [sys.executable, "-m", "celery", "-A", "vitrine.config.celery", "worker", "-n", "vitrine@%h", *quiet],
        environment.data_dir / "logs" / "worker.log",
        child_environment(environment),
        patience_s=20.0,
    )


def child_environment(environment: Environment) -> dict[str, str]:
    """Ours, with what was chosen here said outright: a child has another working directory."""
    return for_child(DATA_DIR=str(environment.data_dir), PYTHONPATH=str(ROOT), PYTHONUNBUFFERED="1")


def own_url(environment: Environment) -> str:
    """Where this machine's browser finds us."""
    host = "localhost" if environment.host in {"0.0.0.0", "::"} else environment.host  # noqa: S104  # compared
    scheme = "https" if environment.tls else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{environment.port}"


def tls_options(tls: Tls) -> tuple[str, ...]:
    """granian's. TLS 1.2 too: older Android phones know no newer one."""
    return (
        *("--ssl-certificate", str(tls.certificate), "--ssl-keyfile", str(tls.key)),
        *("--ssl-protocol-min", "tls1.2"),
    )


def answers(environment: Environment) -> bool:
    """Whether the web server says that it lives."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.host, environment.host)  # noqa: S104  # compared
    tls = tls_of(environment.data_dir) if environment.tls else None
    connection = connection_to(host, environment.port, tls, timeout_s=5)
    known = environment.allowed_hosts[0].lstrip(".")
    try:
        connection.request("GET", "/health/live", headers={"Host": "localhost" if known == "*" else known})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def collect_static_files() -> None:
    """Into STATIC_ROOT, compressed and named by content; skipped while none has changed."""
    found = sorted(
        f"{name}\0{stat.st_mtime_ns}\0{stat.st_size}"
        for finder in finders.get_finders()
        for name, storage in finder.list([])
        for stat in [Path(storage.path(name)).stat()]
    )
    made_by = settings.STORAGES["staticfiles"]["BACKEND"]
    wanted = hashlib.sha256("\n".join([made_by, *found]).encode()).hexdigest()
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.is_file() or stamp.read_text() != wanted:
        say("  Collecting the static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


def boxed(lines: list[str]) -> str:
    width = max(map(len, lines))
    edge = "─" * (width + 4)
    return "\n".join(
        ["", f"  ┌{edge}┐", *(f"  │  {line.ljust(width)}  │" for line in lines), f"  └{edge}┘", ""]
    )
