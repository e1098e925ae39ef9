"""`make images`: the images are built by their recipe and the whole of compose.yaml lives, and one model goes through.

No container engine runs: buildah builds, and web, worker and `prepare` then run from the images' own files with the
commands, users, environment and rights that Dockerfile and compose.yaml give them, in a network of their own, beside a
real PostgreSQL, Valkey, SeaweedFS and Caddy. Needs root. IMAGES=folder keeps what was built for the next time.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.deploy import servers
from tests.deploy.building import Builder
from tests.deploy.confined import start
from tests.deploy.stack import env_file, services
from tests.gltf_builders import a_ball
from tests.journey.processes import wait_until
from tests.journey.service import Service
from vitrine.config.environment import for_child

_NAMES = "127.0.0.1 localhost web postgres valkey s3 prometheus\n"
_HOST = {"VITRINE_HOST": "localhost"}


class Stack:
    """All of compose.yaml's services that a shopper's request or a model meets."""

    def __init__(self, builder: Builder, folder: Path) -> None:
        self.folder, self.services, self.running = folder, services(_HOST), list[subprocess.Popen[bytes]]()
        self.secrets = servers.copied_secrets(folder)
        self.images = {name: builder.unpacked(name) for name in ("web", "worker")}

    def place(self, name: str) -> Path:
        place = self.folder / name
        place.mkdir(mode=0o755, exist_ok=True)
        return place

    def begin(self, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        self.running.append(process)
        return process

    def vitrine(self, name: str, *, image: str, command: list[str] | None = None) -> subprocess.Popen[bytes]:
        root, config = self.images[image]
        service = self.services[name]
        environment = dict(pair.split("=", 1) for pair in config["Env"])
        environment |= service["environment"] | env_file(self.secrets / "vitrine.env")
        keys = self.place("keys")
        os.chown(keys, 10001, 10001)
        return start(
            root,
            service,
            command=command or service.get("command") or config["Cmd"],
            environment=environment,
            volumes={keys: "/keys"} if name == "prepare" else {},
            log=self.folder / f"{name}.log",
        )

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def end(self) -> None:
        for process in reversed(self.running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def servers_of(stack: Stack) -> Iterator[None]:
    """PostgreSQL, Valkey, S3 and Caddy answer, until the block ends."""
    try:
        stack.begin(servers.postgres(stack.place("postgres"), stack.secrets))
        stack.begin(servers.valkey(stack.place("valkey"), stack.services["valkey"], stack.secrets))
        stack.begin(servers.s3(stack.place("s3"), stack.services["s3"], stack.secrets))
        stack.begin(servers.caddy(stack.place("caddy"), stack.services["caddy"]))
        until(lambda: opened("http://s3:8333/healthz") == 200, "the S3 server answers")
        authority = stack.folder / "caddy/caddy/pki/authorities/local/root.crt"
        until(authority.is_file, "Caddy has its authority")
        os.environ["SSL_CERT_FILE"] = str(authority)  # noqa: TID251  # whom this process trusts
        yield
    finally:
        stack.end()


def prepared(stack: Stack) -> str:
    """admin's password, said the first time and never again."""
    told: list[str] = []
    for _ in range(2):
        before = len(stack.said("prepare")) if told else 0
        assert stack.vitrine("prepare", image="web").wait(300) == 0, stack.said("prepare")
        told.append(stack.said("prepare")[before:])
    passwords = [re.findall(r"shown this once: (\S+)", text) for text in told]
    assert (len(passwords[0]), passwords[1]) == (1, []), told
    assert "Made the bucket vitrine" in told[0]
    assert "Made" not in told[1]
    return str(passwords[0][0])


def healthy(stack: Stack, name: str) -> bool:
    """Whether the image's own HEALTHCHECK says so; looked at where its file is for a worker."""
    command = stack.images[name][1]["Healthcheck"]["Test"][1:]
    inside = ["nsenter", "--mount", f"--target={stack.running[-1].pid}", "--"]
    root, config = stack.images[name]
    pairs = [
        *config["Env"],
        "DATABASE_URL=postgresql://unused",
        "REDIS_URL=redis://unused",
    ]
    entered = [
        *inside,
        "chroot",
        str(root),
        "setpriv",
        "--reuid=10001",
        "--regid=10001",
        "--clear-groups",
        "--",
    ]
    return (
        subprocess.run([*entered, "env", "-i", "-C", "/app", *pairs, *command], check=False).returncode == 0
    )


def a_model_goes_through(stack: Stack, password: str) -> None:
    service = Service(stack.folder, port=443, scheme="https", host="localhost")
    sent = service.call("POST", "/api/auth/token/", {"username": "admin", "password": password})
    assert sent.status == 200, sent
    service.token = sent.json()["access"]
    model = a_ball().bytes()

    upload = service.call("POST", "/api/uploads/", {"name": "ball.glb", "size": len(model)}).json()
    part = upload["parts"][0]
    assert part["url"].startswith("https://localhost/vitrine/incoming/"), part
    put = urllib.request.Request(part["url"], model, {"Content-Type": ""}, method="PUT")  # noqa: S310  # ours
    with urllib.request.urlopen(put, timeout=60) as answer:  # noqa: S310  # ours
        assert answer.status == 200
    assert service.call("POST", f"/api/uploads/{upload['id']}/complete").status == 200
    made = service.call("POST", "/api/assets/3d/", {"name": "Ball", "upload_id": upload["id"]})
    assert made.status == 201, made
    until(
        lambda: service.task_of(made.json()["id"])["status"] in {"done", "failed"}, "the model is cooked", 280
    )

    task, product = service.task_of(made.json()["id"]), service.product(made.json()["id"])
    assert (task["status"], task["attempts"]) == ("done", 1), task
    assert {"poster", "web", "mobile", "ios"} <= product["variants"].keys(), product["variants"].keys()
    web = service.call("GET", product["variants"]["web"]["url"])
    assert (web.status, web.body[:4]) == (200, b"glTF")
    assert service.call("GET", "/metrics").status == 404
    notices = sorted({one["code"] for one in product.get("notices", [])})
    print(f"  a model went through: {sorted(product['variants'])} {notices}")


def metrics_are_told(stack: Stack) -> None:
    key = (stack.folder / "keys" / "prometheus").read_text()
    asked = urllib.request.Request("http://web:8000/metrics", headers={"Authorization": f"Api-Key {key}"})
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310  # ours
        text = answer.read().decode()
    parts = dict(re.findall(r'^vitrine_part_up\{part="(\w+)"\} ([\d.]+)', text, flags=re.MULTILINE))
    assert {name: float(up) for name, up in parts.items()} == {"database": 1, "queue": 1, "files": 1}, parts


def the_stack_lives(builder: Builder, folder: Path) -> None:
    stack = Stack(builder, folder)
    try:
        with servers_of(stack):
            password = prepared(stack)
            print("  the database is prepared, and its password said once")
            for name in ("web", "worker"):
                stack.begin(stack.vitrine(name, image=name))
                until(lambda name=name: healthy(stack, name), f"{name} is healthy", 120)  # type: ignore[misc]
                print(f"  {name} is healthy, by its own check")
            a_model_goes_through(stack, password)
            metrics_are_told(stack)
            for process in reversed(stack.running[-2:]):
                process.send_signal(signal.SIGTERM)
                process.wait(90)
            print("  web and worker end when they are told to")
    except BaseException:
        for log in [*folder.glob("*.log"), *folder.glob("*/log")]:
            print(f"--- {log}\n{log.read_text()[-3000:]}")
        raise


def until(reached: Callable[[], Any], what: str, limit_s: float = 60) -> None:
    if not wait_until(reached, limit_s=limit_s, pause_s=0.5):
        raise AssertionError(f"not within {limit_s} s: {what}")


def opened(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # ours
            return int(answer.status)
    except OSError:
        return 0


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--folder", type=Path, help="where images are kept")
    reader.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = reader.parse_args()
    if options.inside:
        builder = Builder(options.folder)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        with tempfile.TemporaryDirectory(prefix="vitrine-stack-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            (folder / "hosts").write_text(_NAMES)
            subprocess.run(["mount", "--bind", folder / "hosts", "/etc/hosts"], check=True)
            the_stack_lives(builder, folder)
        return
    if os.geteuid() != 0:
        raise SystemExit("Only root can build and run images without an engine: sudo make images")
    folder = options.folder or Path(tempfile.mkdtemp(prefix="vitrine-images-"))
    folder.mkdir(parents=True, exist_ok=True)
    builder = Builder(folder.resolve())
    builder.base()
    for target in ("web", "worker"):
        print(f"Building {target}", flush=True)
        builder.build(target)
    again = [sys.executable, "-m", "tests.deploy", "--inside", "--folder", str(folder.resolve())]
    done = subprocess.run(
        ["unshare", "--net", "--mount", *again], env=for_child(PYTHONUNBUFFERED="1"), check=False
    )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
