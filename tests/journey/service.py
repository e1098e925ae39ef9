"""A whole Vitrine of its own, started as `make run` starts it, and spoken to over HTTP like anybody would."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.journey.processes import command_of, descendants, wait_until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
_START_S = 240
_JOB_S = 480
_RENEW_S = (
    600  # an access token lives for fifteen minutes, and a busy machine may take longer for a file's tests
)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Service:
    """`with Service(folder) as service:`. Its data lies in `folder`; leases are short, so the dead are soon noticed."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=a_free_port)
    process: subprocess.Popen[bytes] | None = None
    token: str = ""
    logged_in_at: float = 0.0
    scheme: str = "http"
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def __enter__(self) -> Self:
        environment = {
            **os.environ,  # noqa: TID251  # the service inherits the test's machine
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "DEMO": "0",
            "ADMIN_PASSWORD": PASSWORD,
            "JOB_LEASE_S": "4",
            "PYTHONWARNINGS": "default",
            **self.environment,
        }
        with (self.folder / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        assert wait_until(self._answers, limit_s=_START_S), (self.folder / "up.log").read_text()
        self.log_in()
        return self

    def log_in(self) -> None:
        sent = self._send("POST", "/api/auth/token/", {"username": "admin", "password": PASSWORD}, {})
        if sent.status == 200 or not self.token:  # what is away for a moment takes the token at hand later
            self.token, self.logged_in_at = sent.json()["access"], time.monotonic()

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            for pid in [*descendants(self.process.pid), self.process.pid]:
                os.kill(pid, signal.SIGKILL)
            raise

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "up.log").read_text()
        return self.answers()

    def answers(self) -> bool:
        """Whether it lives."""
        try:
            return self.call("GET", "/health/live").status == 200
        except OSError:
            return False

    def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request; `body` goes as JSON unless it is bytes. Errors are answers, too."""
        if self.token and time.monotonic() - self.logged_in_at > _RENEW_S:
            self.log_in()
        mine = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self._send(method, path, body, mine | (headers or {}))

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Answer:
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if body is not None else {}
        url = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(url, sent, kind | headers, method=method)  # noqa: S310  # ours
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310  # ours
                return Answer(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())

    def upload(self, model: bytes, *, filename: str = "model.glb", **fields: str) -> dict[str, Any]:
        """The product that answers a form upload."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in ({"name": "A model"} | fields).items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="model_file"; filename="{filename}"\r\n\r\n'
        body = b"".join([*parts, head.encode(), model, f"\r\n--{boundary}--\r\n".encode()])
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = self.call("POST", "/api/assets/3d/", body, kind)
        assert answer.status == 201, answer.body
        product: dict[str, Any] = answer.json()
        return product

    def product(self, product_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/api/assets/3d/{product_id}/").json()
        return found

    def task_of(self, product_id: str) -> dict[str, Any]:
        """The newest task of a product."""
        found: dict[str, Any] = self.call("GET", f"/api/tasks/?product={product_id}").json()["results"][0]
        return found

    def wait_for_step(self, product_id: str, step: str) -> None:
        """Until the product's job is in that very step."""
        seen: list[str] = []

        def there() -> bool:
            task = self.task_of(product_id)
            seen.append(f"{task['status']}:{task['step']}")
            return bool(task["status"] == "processing" and task["step"] == step)

        assert wait_until(there, limit_s=_JOB_S, pause_s=0.02), f"never in {step}: {sorted(set(seen))}"

    def wait_for_end(self, product_id: str) -> dict[str, Any]:
        """The product's task, done or failed."""
        deadline = time.monotonic() + _JOB_S
        while time.monotonic() < deadline:
            task = self.task_of(product_id)
            if task["status"] in {"done", "failed"}:
                return task
            time.sleep(0.5)
        raise AssertionError(
            f"the job did not end: {task}; {(self.folder / 'logs/worker.log').read_text()[-4000:]}"
        )

    def processes(self, words: str) -> list[int]:
        """Living processes of this service whose command line holds `words`."""
        assert self.process is not None
        return [pid for pid in descendants(self.process.pid) if words in command_of(pid)]
