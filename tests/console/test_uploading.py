"""Uploading in the console, up to the queued job; in a real browser."""

import json
import re
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import Visiting
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.processing.models import Job, State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """([bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


def a_glb(padding: int = 0) -> bytes:
    """A GLB of an empty scene, with a binary chunk of `padding` bytes."""
    text = json.dumps({"asset": {"version": "2.0"}}).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if padding:
        chunks += struct.pack("<II", padding, 0x004E4942) + bytes(padding)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


@pytest.fixture
def chair(tmp_path: Path) -> Path:
    file = tmp_path / "red_lounge-chair.v2.glb"
    file.write_bytes(a_glb())
    return file


def choose(page: Page, *files: Path) -> None:
    page.locator("#files").set_input_files(files)
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_chosen_file_is_named_said_to_be_seen_by_all_and_queued(visiting: Visiting, chair: Path) -> None:
    page = visiting(Role.EDITOR, "/")
    expect(page.get_by_role("heading", name="Nothing on show yet")).to_be_visible()
    choose(page, chair)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Red lounge chair v2")
    expect(page.get_by_role("dialog")).to_contain_text(
        "Published: anyone with the link can see the model, its name and all its metadata."
    )

    page.get_by_role("button", name="Upload", exact=True).click()

    card = page.get_by_role("listitem").filter(has_text="Red lounge chair v2")
    expect(card).to_contain_text("Waiting for its turn")
    expect(card.get_by_role("switch")).to_be_checked()
    expect(page.get_by_role("status")).to_have_text("Red lounge chair v2 has arrived")
    expect(page.get_by_role("heading", name="Nothing on show yet")).to_be_hidden()
    product = Product.objects.get()
    assert (product.publish_wished, product.ar_enabled, product.metadata) == (True, True, {})
    assert Job.objects.get().state == State.QUEUED


def test_unpublished_and_without_ar_when_that_is_wished(visiting: Visiting, chair: Path) -> None:
    page = visiting(Role.EDITOR, "/")
    choose(page, chair)
    page.get_by_label("Publish when the checks have passed").uncheck()
    page.get_by_label("Offer AR").uncheck()
    page.get_by_label("Name", exact=True).fill("My chair")

    page.keyboard.press("Enter")

    expect(page.get_by_role("switch", name="Published: My chair")).not_to_be_checked()
    product = Product.objects.get()
    assert (product.publish_wished, product.ar_enabled) == (False, False)


def test_a_file_may_be_dropped_anywhere(visiting: Visiting) -> None:
    page = visiting(Role.EDITOR, "/")

    page.evaluate(DROP, [list(a_glb()), "tableLamp.glb"])
    page.get_by_role("button", name="Upload", exact=True).click()

    expect(page.get_by_role("link", name="Table Lamp")).to_be_visible()
    assert Product.objects.get().name == "Table Lamp"


def test_changing_one_s_mind_sends_nothing(visiting: Visiting, chair: Path) -> None:
    page = visiting(Role.EDITOR, "/")
    choose(page, chair)

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("listitem")).to_have_count(0)
    assert Product.objects.count() == 0


def test_what_is_not_taken_stays_out_before_it_is_sent(
    visiting: Visiting, chair: Path, tmp_path: Path
) -> None:
    drawing = tmp_path / "drawing.blend"
    drawing.write_bytes(b"BLENDER")
    page = visiting(Role.EDITOR, "/")

    choose(page, chair, drawing)
    expect(page.get_by_role("dialog")).to_contain_text(
        re.compile("We take .glb, .gltf, .usdz, .obj, .stl, .ply, .zip.* and not .blend, so it stays out.")
    )
    page.get_by_role("button", name="Upload 1 of 2").click()

    expect(page.get_by_role("listitem").filter(has_text="Waiting for its turn")).to_have_count(1)
    assert Product.objects.get().name == "Red lounge chair v2"


def test_several_go_one_after_another_and_stand_in_their_order(visiting: Visiting, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.glb" for name in ("one", "two", "three")]
    for file in files:
        file.write_bytes(a_glb())
    page = visiting(Role.EDITOR, "/")
    choose(page, *files)

    page.get_by_role("button", name="Upload", exact=True).click()

    expect(page.locator(".card[data-product] .name")).to_have_text(["One", "Two", "Three"])
    assert list(Product.objects.order_by("created_at").values_list("name", flat=True)) == [
        "One",
        "Two",
        "Three",
    ]


def test_a_refusal_is_told_in_the_service_s_words(visiting: Visiting, tmp_path: Path) -> None:
    text = tmp_path / "poem.glb"
    text.write_text("a rose is a rose")
    page = visiting(Role.EDITOR, "/")
    choose(page, text)

    with page.expect_response("**/api/assets/3d/") as answered:
        page.get_by_role("button", name="Upload", exact=True).click()

    problem = answered.value.json()
    card = page.get_by_role("listitem").filter(has_text="Poem")
    expect(card).to_contain_text(problem["title"])
    expect(card).to_contain_text(problem["detail"])
    card.get_by_role("button", name="Dismiss").click()
    expect(card).to_have_count(0)
    assert Product.objects.count() == 0


def test_an_upload_tells_how_far_it_is_and_can_be_stopped(visiting: Visiting, tmp_path: Path) -> None:
    heavy = tmp_path / "heavy.glb"
    heavy.write_bytes(a_glb(padding=4_000_000))
    page = visiting(Role.EDITOR, "/")
    throttled = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", throttled)
    choose(page, heavy)
    page.get_by_role("button", name="Upload", exact=True).click()

    card = page.get_by_role("listitem").filter(has_text="Heavy")
    expect(card).to_contain_text("of 4.0 MB sent")
    expect(card.get_by_role("progressbar", name="Upload of Heavy")).to_be_visible()
    expect(card.get_by_role("progressbar")).not_to_have_attribute("value", "0")
    card.get_by_role("button", name="Cancel").click()

    expect(card).to_have_count(0)
    expect(page.get_by_role("button", name="Upload models")).to_be_focused()
    assert Product.objects.count() == 0


def test_a_lost_connection_is_told_and_tried_again(visiting: Visiting, chair: Path) -> None:
    page = visiting(Role.EDITOR, "/")
    choose(page, chair)
    page.context.set_offline(True)
    page.get_by_role("button", name="Upload", exact=True).click()
    card = page.get_by_role("listitem").filter(has_text="Red lounge chair v2")
    expect(card).to_contain_text("The service cannot be reached")

    page.context.set_offline(False)
    card.get_by_role("button", name="Try again").click()

    expect(card).to_contain_text("Waiting for its turn")
    assert Product.objects.count() == 1


def test_a_name_is_text_wherever_it_stands(visiting: Visiting, tmp_path: Path) -> None:
    nasty = '<img src=x onerror="alert(1)">'
    file = tmp_path / (nasty.replace("/", "") + ".glb")
    file.write_bytes(a_glb())
    page = visiting(Role.EDITOR, "/")
    choose(page, file)
    expect(page.get_by_role("dialog")).to_contain_text(nasty)
    page.get_by_label("Name", exact=True).fill(nasty)
    page.get_by_role("button", name="Upload", exact=True).click()
    card = page.get_by_role("listitem").filter(has_text=nasty)
    expect(card).to_contain_text("Waiting for its turn")

    card.locator("summary").click()
    card.get_by_role("button", name="Delete").click()

    expect(page.locator("#toast")).to_contain_text(f"“{nasty}” is deleted")
    assert page.locator("img[src=x]").count() == 0
