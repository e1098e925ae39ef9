"""Kill -9 in the middle of a job: the job ends done, by its second attempt."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.gltf_builders import GlbBuilder, a_ball, a_plain_ball
from tests.journey.processes import descendants, is_alive, kill, listener_of, wait_until
from tests.journey.service import Service

pytestmark = pytest.mark.journey

ENGINE = "vitrine-engine"
WORKER = "vitrine.config.celery worker"


@pytest.fixture(scope="module")
def service(open_folder: Path) -> Iterator[Service]:
    with Service(open_folder) as running:
        yield running


def started(service: Service, *, name: str, step: str, model: GlbBuilder | None = None) -> str:
    """The id of a product whose job is in `step` right now. The larger the model's textures, the longer that lasts:
    one without any is soon optimized, and looked at for some seconds all the same."""
    product_id: str = service.upload((model or a_ball()).bytes(), name=name)["id"]
    service.wait_for_step(product_id, step)
    return product_id


def running_engines(service: Service) -> list[int]:
    """The engines of the one job that runs: each test leaves its own ended, since a large worker cooks several."""
    found: list[int] = []

    def there() -> bool:
        found[:] = service.processes(ENGINE)
        return bool(found)

    assert wait_until(there, limit_s=60, pause_s=0.02)
    return found


def assert_done_by_the_second_attempt(service: Service, product_id: str) -> None:
    task = service.wait_for_end(product_id)
    assert (task["status"], task["attempts"], task["error"]) == ("done", 2, None)
    product = service.product(product_id)
    assert (product["status"], product["published"], product["version"]) == ("ready", True, 2)
    assert [one["version"] for one in versions(service, product_id)] == [2, 1]
    for variant in product["variants"].values():
        assert len(service.call("GET", variant["url"]).body) == variant["size"]


def versions(service: Service, product_id: str) -> list[dict[str, int]]:
    found: list[dict[str, int]] = service.call("GET", f"/api/assets/3d/{product_id}/versions").json()[
        "versions"
    ]
    return found


def broker(service: Service) -> int:
    """Valkey is no child of ours: it has a keeper of its own. Found by the socket that it listens on."""
    told = json.loads((service.folder / "valkey/state.json").read_text())["url"]
    pid = listener_of(told.removeprefix("unix://").partition("?")[0])
    assert pid is not None
    return pid


def database(service: Service) -> list[int]:
    """PostgreSQL with all its processes; it has a keeper, too, which starts it again."""
    (first, *_) = (service.folder / "postgres/cluster/postmaster.pid").read_text().splitlines()
    return [pid for pid in (int(first), *descendants(int(first))) if is_alive(pid)]


def test_a_killed_worker_s_job_is_taken_up_by_the_next(service: Service) -> None:
    product_id = started(service, name="worker killed in proof", step="proof", model=a_plain_ball())
    workers = service.processes(WORKER)
    assert workers

    for pid in workers:
        kill(pid)

    assert service.task_of(product_id)["step"] == "proof"
    assert_done_by_the_second_attempt(service, product_id)


def test_a_killed_engine_s_job_is_tried_again(service: Service) -> None:
    product_id = started(service, name="engine killed", step="optimize")
    engines = running_engines(service)
    for pid in engines:
        os.kill(pid, signal.SIGSTOP)  # or it might have ended meanwhile
    assert service.task_of(product_id)["step"] == "optimize"

    for pid in engines:
        kill(pid)

    assert_done_by_the_second_attempt(service, product_id)


def test_a_job_goes_on_while_the_broker_is_killed(service: Service) -> None:
    product_id = started(service, name="broker killed", step="optimize")

    kill(broker(service))

    task = service.wait_for_end(product_id)
    assert (task["status"], task["attempts"]) == ("done", 1)


def test_a_job_outlives_broker_and_worker_and_nothing_of_it_runs_on(service: Service) -> None:
    product_id = started(service, name="broker and worker killed", step="optimize")
    engines = running_engines(service)

    for pid in [broker(service), *service.processes(WORKER)]:
        kill(pid)

    assert wait_until(lambda: not any(is_alive(pid) for pid in engines), limit_s=60)
    assert_done_by_the_second_attempt(service, product_id)


def a_batch(product_id: str, number: int) -> bytes:
    """Two events that are told apart from all others by nothing but their batch."""
    touch = {"product": product_id, "kind": "interaction", "action": "zoom", "count": 1, "age_ms": 0}
    poster = {"product": product_id, "kind": "poster", "ms": 100, "age_ms": 0}
    view = {"view": f"{number:032x}", "batch": f"{number:032x}", "device": "phone"}
    return json.dumps({**view, "events": [touch, poster]}).encode()


def told_until_taken(service: Service, batch: bytes) -> None:
    """As a browser may: again and again until it is answered, though it may have been taken before."""

    def taken() -> bool:
        try:
            return service.call("POST", "/api/events/", batch, {"Content-Type": "text/plain"}).status == 202
        except (OSError, HTTPException):
            return False

    assert wait_until(taken, limit_s=120, pause_s=0.02)


def test_what_was_answered_is_counted_once_whoever_is_killed(service: Service) -> None:
    product_id: str = service.upload(a_ball(side=64).bytes(), optimize="false")["id"]
    assert wait_until(lambda: bool(service.product(product_id)["published"]), limit_s=60)
    batches = [a_batch(product_id, number) for number in range(1, 241)]

    killings: dict[int, Callable[[], list[int]]] = {
        40: lambda: service.processes("granian"),
        80: lambda: database(service),
        120: lambda: service.processes(WORKER),
        160: lambda: database(service),
        200: lambda: service.processes("granian"),
    }

    with ThreadPoolExecutor(4) as senders:
        sent = [senders.submit(told_until_taken, service, batch) for batch in batches]
        for number, there in killings.items():
            sent[number].result()
            killed = there()
            assert killed
            for pid in killed:
                with suppress(ProcessLookupError):  # a connection that has ended meanwhile
                    kill(pid)
        for one in sent:
            one.result()
    for batch in batches[::10]:
        told_until_taken(service, batch)

    def counted() -> tuple[int, int]:
        told = service.call("GET", f"/api/assets/3d/{product_id}/analytics").json()
        return sum(row["count"] for row in told["interactions"]), sum(row["visits"] for row in told["funnel"])

    assert wait_until(lambda: counted() >= (240, 240), limit_s=60), counted()
    assert counted() == (240, 240)
