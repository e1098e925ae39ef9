"""The whole way: a model goes in by the API, a real worker cooks it, a shopper sees it in 3D and AR."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize

from tests.gltf_builders import a_ball
from tests.journey.processes import wait_until
from tests.journey.service import ROOT, Service
from tests.outreach.receiver import Received, Receiver, a_receiver
from tests.viewer.phones import IPHONE, PIXEL, REL_AR, STAY
from tests.viewer.sight import Stage, until, wait_for

pytestmark = [pytest.mark.journey, pytest.mark.browser]

SQUARE: ViewportSize = {"width": 900, "height": 1000}


@pytest.fixture(scope="module")
def collector() -> Iterator[Receiver]:
    """Where the service sends its traces, as to any collector of OpenTelemetry's."""
    with a_receiver() as one:
        yield one


@pytest.fixture(scope="module")
def service(open_folder: Path, collector: Receiver) -> Iterator[Service]:
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}"}
    with Service(open_folder, traced) as running:
        yield running


@pytest.fixture(scope="module")
def product(service: Service) -> dict[str, Any]:
    """A published product, cooked by the service's own worker."""
    sent = service.upload(a_ball(side=1024, rings=120).bytes(), name="A ball", metadata='{"sku": "B-1"}')
    task = service.wait_for_end(sent["id"])
    assert (task["status"], task["attempts"]) == ("done", 1), task
    return service.product(sent["id"])


@pytest.fixture(scope="module")
def other_origin() -> Iterator[str]:
    """The sample shop, on an origin of its own."""
    handler = partial(_Quiet, directory=str(ROOT / "examples/shop"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's name for it
        pass


def pixels(image: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB"), dtype=np.float64)


def shown(page: Page, selector: str = "vitrine-viewer") -> np.ndarray[Any, np.dtype[np.float64]]:
    """The picture inside the element, without the strip of its buttons."""
    whole = pixels(page.locator(selector).screenshot())
    return whole[: int(whole.shape[0] * 0.85)]


def differ(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """Mean difference of two pictures, 0 to 255."""
    return float(np.abs(one - other).mean())


def only_ours(page: Page, asked: list[str]) -> None:
    """Blocks every other host, and keeps what was asked of it."""

    def decide(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in {"data", "blob"} or address.hostname == "127.0.0.1":
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    page.route("**/*", decide)


def test_an_upload_becomes_everything_a_product_page_needs(service: Service, product: dict[str, Any]) -> None:
    variants = product["variants"]

    assert set(variants) == {"preview", "mobile", "web", "android", "ios", "poster", "thumbnail", "turntable"}
    assert (product["status"], product["published"], product["version"]) == ("ready", True, 2)
    assert product["model_3d_url"] == variants["android"]["url"]
    assert (product["format"], product["source_format"]) == ("glb", "glb")
    for kind in ("web", "mobile", "android"):
        assert variants[kind]["proof"]["passed"] is True
        assert variants[kind]["proof"]["ssim"] >= variants[kind]["proof"]["bound"]
    types = {kind: service.call("GET", one["url"]).headers["content-type"] for kind, one in variants.items()}
    assert types["web"] == "model/gltf-binary"
    assert types["ios"] == "model/vnd.usdz+zip"
    assert types["poster"] == "image/webp"


def test_one_answer_at_metrics_tells_of_the_web_servers_and_of_the_worker(
    service: Service, product: dict[str, Any]
) -> None:
    def told() -> set[str]:
        return {
            line.rpartition(" ")[0] for line in service.call("GET", "/metrics").body.decode().splitlines()
        }

    by_each = {
        'vitrine_http_request_duration_seconds_count{method="POST",route="/api/assets/3d",status="201"}',
        'vitrine_job_step_duration_seconds_count{step="proof",outcome="done"}',
        'vitrine_upload_ready_duration_seconds_count{recipe="standard"}',
        "vitrine_worker_rounds_total",
    }

    assert product["status"] == "ready"
    assert wait_until(lambda: by_each <= told(), limit_s=60), by_each - told()


def test_one_trace_goes_from_the_request_through_the_worker_to_the_engine(
    service: Service, collector: Receiver
) -> None:
    """Each process tells its own spans; only together they are a tree."""

    def told() -> dict[str, Told]:
        every = [one for came in list(collector.received) for one in told_in(came)]
        job = next((one for one in every if one.name == "job check"), None)
        return {one.name: one for one in every if job is not None and one.trace == job.trace}

    wanted = {"POST /api/assets/3d", "job check", "step gate", "engine inspect"}
    service.upload(a_ball(side=64).bytes(), optimize="false")
    assert wait_until(lambda: wanted <= set(told()), limit_s=120), set(told())
    spans = told()
    by_id = {one.span: name for name, one in spans.items()}
    above = {name: by_id.get(spans[name].parent) for name in wanted}
    assert above == {
        "POST /api/assets/3d": None,
        "job check": "POST /api/assets/3d",
        "step gate": "job check",
        "engine inspect": "step gate",
    }
    assert spans["POST /api/assets/3d"].parent == "", "the trace begins with it"
    assert len({spans[name].pid for name in wanted}) == 2, "a web server and a process that cooks"
    assert spans["job check"].pid == spans["engine inspect"].pid
    assert {came.path for came in collector.received} == {"/v1/traces"}


@dataclass(frozen=True, slots=True)
class Told:
    """A span as the collector got it, and the process that told it."""

    pid: str
    trace: str
    span: str
    parent: str
    name: str


def told_in(came: Received) -> Iterator[Told]:
    for resource in json.loads(came.body)["resourceSpans"]:
        attributes = {one["key"]: one["value"] for one in resource["resource"]["attributes"]}
        assert attributes["service.name"] == {"stringValue": "vitrine"}
        for scope in resource["scopeSpans"]:
            for one in scope["spans"]:
                ids = (one["traceId"], one["spanId"], one.get("parentSpanId", ""))
                yield Told(attributes["process.pid"]["intValue"], *ids, one["name"])


def test_the_page_shows_poster_then_preview_then_full(
    service: Service, product: dict[str, Any], browser: Browser
) -> None:
    page = browser.new_page(viewport=SQUARE)
    held: list[Route] = []
    kinds = {urlsplit(one["url"]).path: kind for kind, one in product["variants"].items()}

    def hold_models(route: Route) -> None:
        kind = kinds.get(urlsplit(route.request.url).path)
        held.append(route) if kind in {"preview", "web", "mobile"} else route.continue_()

    page.route("**/files/**", hold_models)
    page.goto(f"{service.url}/p/{product['id']}")
    wait_for(page, "loading")
    poster = shown(page)
    seen = {"poster": poster}
    stages: tuple[Stage, ...] = ("preview", "full")
    for stage in stages:
        while not held:
            page.wait_for_timeout(50)
        page.wait_for_timeout(200)
        held.pop(0).continue_()
        if stage == "preview":
            page.wait_for_timeout(50)
        wait_for(page, stage)
        seen[stage] = shown(page)
    page.close()

    background = np.full_like(poster, poster[2, 2])
    assert all(differ(picture, background) > 5 for picture in seen.values()), "a blank stage"
    assert differ(seen["poster"], seen["preview"]) > 0.5, "the preview is another picture"
    assert differ(seen["poster"], seen["full"]) < 3, "the full model stands where the poster showed it"


def test_dragging_turns_the_model(service: Service, product: dict[str, Any], browser: Browser) -> None:
    page = browser.new_page(viewport=SQUARE)
    page.goto(f"{service.url}/p/{product['id']}")
    wait_for(page, "full")
    before = shown(page)

    box = page.locator("vitrine-viewer").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 150, box["y"] + box["height"] / 3, steps=8)
    page.mouse.up()
    until(page, lambda: differ(before, shown(page)) > 2)
    page.close()


def test_an_iphone_gets_the_usdz(service: Service, product: dict[str, Any], browser: Browser) -> None:
    context = browser.new_context(user_agent=IPHONE)
    for script in (REL_AR, STAY):
        context.add_init_script(script)
    page = context.new_page()

    page.goto(f"{service.url}/p/{product['id']}")
    page.wait_for_selector("vitrine-viewer[ar-status=quick-look]")
    link = str(page.locator("vitrine-viewer a[rel=ar]").get_attribute("href"))
    context.close()

    assert link.split("#", maxsplit=1)[0] == product["variants"]["ios"]["url"]


def test_an_android_phone_gets_the_plain_glb(
    service: Service, product: dict[str, Any], browser: Browser
) -> None:
    context = browser.new_context(user_agent=PIXEL)
    context.add_init_script(STAY)
    page = context.new_page()

    page.goto(f"{service.url}/p/{product['id']}")
    page.wait_for_selector("vitrine-viewer[ar-status=scene-viewer]")
    links = page.locator("vitrine-viewer a").evaluate_all("all => all.map(one => one.href)")
    context.close()

    intent = next(link for link in links if link.startswith("intent://arvr.google.com/scene-viewer/"))
    assert urlsplit(product["variants"]["android"]["url"]).path.rpartition("/")[2] in intent


@pytest.mark.parametrize(
    ("page_name", "viewer"), [("index.html", "vitrine-viewer"), ("plain.html", "model-viewer")]
)
def test_a_shop_on_another_origin_shows_it_and_asks_nobody_else(
    service: Service,
    product: dict[str, Any],
    browser: Browser,
    other_origin: str,
    page_name: str,
    viewer: str,
) -> None:
    page = browser.new_page(viewport=SQUARE)
    asked: list[str] = []
    only_ours(page, asked)

    page.goto(f"{other_origin}/{page_name}?server={service.url}&product={product['id']}")
    if viewer == "vitrine-viewer":
        wait_for(page, "full")
    else:
        page.wait_for_function(
            "document.querySelector('model-viewer').modelIsVisible === true", timeout=60_000
        )
        page.wait_for_timeout(600)
    picture = shown(page, viewer)
    page.close()

    assert asked == []
    assert differ(picture, np.full_like(picture, picture[2, 2])) > 5, "nothing is shown"


def test_an_unpublished_product_is_nowhere_for_strangers(service: Service, product: dict[str, Any]) -> None:
    service.call("PATCH", f"/api/assets/3d/{product['id']}/", {"published": False})
    token, service.token = service.token, ""
    paths = [f"/p/{product['id']}", f"/api/assets/3d/{product['id']}/", product["variants"]["web"]["url"]]

    statuses = [service.call("GET", path).status for path in paths]
    service.token = token
    service.call("PATCH", f"/api/assets/3d/{product['id']}/", {"published": True})

    assert statuses == [404, 404, 404]
