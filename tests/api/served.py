"""The web server itself with our application, on this test's own database."""

import http.client
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from tests.journey.processes import wait_until
from tests.journey.service import a_free_port
from vitrine.config.environment import ROOT, for_child
from vitrine.config.serving import APPLICATION, GRANIAN


@dataclass(frozen=True, slots=True)
class Served:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        with closing(self.connection()) as one:
            one.request(method, path, headers={"Host": "localhost", **headers})
            answer = one.getresponse()
            return answer, answer.read()

    def send(self, path: str, body: bytes, **headers: str) -> http.client.HTTPResponse:
        with closing(self.connection()) as one:
            one.request("POST", path, body, {"Host": "localhost", **headers})
            answer = one.getresponse()
            answer.read()
            return answer

    def lives(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.ask("GET", "/health/live")[0].status == 200
        except OSError:
            return False

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def kill(self) -> None:
        """With all its children, if it still lives."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start(folder: Path, **environment: str) -> Served:
    """On this test's own database: what a test commits is there to be read."""
    chosen, port = connection.settings_dict, a_free_port()
    where = {name: chosen[key] for name, key in (("host", "HOST"), ("port", "PORT")) if chosen[key]}
    who = f"{quote(chosen['USER'], safe='')}:{quote(chosen['PASSWORD'], safe='')}@" if chosen["USER"] else ""
    ours = for_child(
        DATABASE_URL=f"postgresql://{who}/{chosen['NAME']}?{urlencode(where)}",
        REDIS_URL=settings.REDIS_URL,
        DATA_DIR=str(folder),
        SECRET_KEY=settings.SECRET_KEY,
        RATE_LIMITS="1",
    )
    command = [sys.executable, *GRANIAN, "--host", "127.0.0.1", "--port", str(port), APPLICATION]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**ours, **environment}, stdout=out, stderr=out, start_new_session=True
        )
    served = Served(port, process, log)
    try:
        assert wait_until(served.lives, limit_s=60), log.read_text()
    except BaseException:
        served.kill()
        raise
    return served


def quick(answer: http.client.HTTPResponse) -> bool:
    return (answer.headers["Server-Timing"] or "").startswith("cache;dur=")
