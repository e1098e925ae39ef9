"""Uploading in the console, up to the job that makes the product ready; in a real browser."""

import hashlib
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsing import Visiting
from tests.builders import a_user
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.errors import ModelRejected
from vitrine.processing import live, uploads
from vitrine.processing.models import Job, State, Upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """([bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""
FORGET_FILES = """() => new Promise((resolve) => {
  indexedDB.open("vitrine-uploads").onsuccess = ({ target: { result } }) => {
    const items = result.transaction("items", "readwrite").objectStore("items");
    items.getAll().onsuccess = ({ target: { result: all } }) => {
      for (const { file, ...rest } of all) items.put(rest);
      items.transaction.oncomplete = () => { result.close(); resolve(all.length); };
    };
  };
})"""
STL = b"""solid cube
facet normal 0 0 1
outer loop
vertex 0 0 0
vertex 1 0 0
vertex 0 1 0
endloop
endfacet
endsolid
"""


def a_glb(padding: int = 0) -> bytes:
    """A GLB of an empty scene, with a binary chunk of `padding` bytes."""
    text = json.dumps({"asset": {"version": "2.0"}}).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    if padding:
        chunks += struct.pack("<II", padding, 0x004E4942) + bytes(padding)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


@pytest.fixture(autouse=True)
def _swift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TICK_S", 0.1)


@pytest.fixture
def chair(tmp_path: Path) -> Path:
    file = tmp_path / "red_lounge-chair.v2.glb"
    file.write_bytes(a_glb())
    return file


@pytest.fixture
def heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten parts of 100 kB each."""
    monkeypatch.setattr(uploads, "PART_BYTES", 100_000)
    monkeypatch.setattr(uploads, "_MIB", 1)
    file = tmp_path / "heavy.glb"
    file.write_bytes(a_glb(padding=950_000))
    return file


def choose(page: Page, *files: Path) -> None:
    page.locator("#files").set_input_files(files)
    expect(page.get_by_role("dialog")).to_be_visible()


def send(page: Page, *files: Path) -> None:
    choose(page, *files)
    page.get_by_role("button", name="Upload", exact=True).click()


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Uploads").get_by_role("listitem").filter(has_text=name)


def slowly(page: Page) -> Callable[[bool], None]:
    """At 400 kB a second; and what cuts the line."""
    session = page.context.new_cdp_session(page)

    def line(offline: bool) -> None:
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
        session.send("Network.emulateNetworkConditions", conditions)

    line(False)
    return line


def test_a_chosen_file_is_named_and_tagged_sent_and_followed_until_it_is_ready(
    visiting: Visiting, chair: Path
) -> None:
    page = visiting(Role.EDITOR, "/")
    expect(page.get_by_role("heading", name="Nothing on show yet")).to_be_visible()
    choose(page, chair)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Red lounge chair v2")
    expect(page.get_by_role("dialog")).to_contain_text(
        "Published: anyone with the link can see the model, its name and all its metadata."
    )
    page.get_by_label("Tags, with commas between").fill("seating, red , seating")

    page.get_by_role("button", name="Upload", exact=True).click()

    mine = row(page, "Red lounge chair v2")
    expect(mine).to_contain_text("Waiting for its turn")
    card = page.locator(".card").filter(has_text="Red lounge chair v2")
    expect(card.get_by_role("switch")).to_be_checked()
    expect(page.get_by_role("heading", name="Nothing on show yet")).to_be_hidden()
    product = Product.objects.get()
    assert (product.publish_wished, product.ar_enabled, product.metadata) == (True, True, {})
    assert product.tags == ["seating", "red"]
    job = Job.claim(Job.objects.get().pk)
    assert job is not None
    job.note_step("optimize-2", 0.5)
    expect(mine).to_contain_text("Making it small")
    expect(card).to_contain_text("Making it small")
    expect(mine.get_by_role("progressbar")).to_have_attribute("value", "0.5")
    job.fail(ModelRejected("It has no geometry."))
    expect(mine).to_contain_text("It has no geometry.")
    expect(mine).to_contain_text("Open it in your 3D tool, mend what is named here")
    expect(card).to_contain_text("It has no geometry.")
    mine.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("region", name="Uploads")).to_be_hidden()


def test_units_are_asked_where_the_format_does_not_say_and_wishes_are_kept(visiting: Visiting) -> None:
    page = visiting(Role.EDITOR, "/")

    page.evaluate(DROP, [list(STL), "tableLamp.stl"])
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("STL files hold bare numbers.")
    sheet.get_by_label("One unit is").select_option("mm")
    sheet.get_by_label("Up is").select_option("z")
    sheet.get_by_label("Publish when the checks have passed").uncheck()
    sheet.get_by_label("Offer AR").uncheck()
    sheet.get_by_label("Name", exact=True).press("Enter")

    expect(row(page, "Table Lamp")).to_contain_text("Waiting for its turn")
    product, options = Product.objects.get(), Job.objects.get().options
    assert (product.name, product.publish_wished, product.ar_enabled) == ("Table Lamp", False, False)
    assert (options["units"], options["up_axis"]) == ("mm", "z")


def test_what_is_not_taken_stays_out_before_it_is_sent_and_nothing_goes_when_one_changes_one_s_mind(
    visiting: Visiting, chair: Path, tmp_path: Path
) -> None:
    drawing = tmp_path / "drawing.blend"
    drawing.write_bytes(b"BLENDER")
    page = visiting(Role.EDITOR, "/")
    choose(page, chair)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert Product.objects.count() + Upload.objects.count() == 0

    choose(page, chair, drawing)
    expect(page.get_by_role("dialog")).to_contain_text(
        re.compile("We take .glb, .gltf, .usdz, .obj, .stl, .ply, .zip.* and not .blend, so it stays out.")
    )
    page.get_by_role("button", name="Upload 1 of 2").click()

    expect(row(page, "Red lounge chair v2")).to_contain_text("Waiting for its turn")
    assert Product.objects.get().name == "Red lounge chair v2"


def test_a_refusal_is_told_in_the_service_s_words_with_its_cure(visiting: Visiting, tmp_path: Path) -> None:
    text = tmp_path / "poem.glb"
    text.write_text("a rose is a rose")
    page = visiting(Role.EDITOR, "/")

    with page.expect_response("**/complete") as answered:
        send(page, text)

    problem = answered.value.json()
    mine = row(page, "Poem")
    expect(mine).to_contain_text(problem["title"])
    expect(mine).to_contain_text(problem["detail"])
    expect(mine).to_contain_text("Export it from your 3D tool as GLB")
    mine.get_by_role("button", name="Dismiss").click()
    expect(mine).to_have_count(0)
    assert Product.objects.count() + Upload.objects.count() == 0


def test_a_file_that_is_there_already_is_recognised_before_it_is_sent(
    visiting: Visiting, chair: Path, tmp_path: Path
) -> None:
    page = visiting(Role.EDITOR, "/")
    send(page, chair)
    expect(row(page, "Red lounge chair v2")).to_contain_text("Waiting for its turn")
    copy = tmp_path / "copy.glb"
    copy.write_bytes(chair.read_bytes())

    send(page, copy)

    mine = row(page, "Copy")
    expect(mine).to_contain_text("You have this already: Red lounge chair v2")
    assert Upload.objects.count() == 0
    mine.get_by_role("button", name="Upload anyway").click()
    expect(mine).to_contain_text("Waiting for its turn")
    assert Product.objects.filter(name="Copy").count() == 1


def test_parts_go_on_after_a_lost_connection_and_after_leaving_the_page(
    visiting: Visiting, heavy: Path
) -> None:
    page = visiting(Role.EDITOR, "/")
    offline = slowly(page)
    send(page, heavy)
    mine = row(page, "Heavy")
    expect(mine).to_contain_text("of 1.0 MB sent")
    expect(page.get_by_role("region", name="Uploads")).to_contain_text("1 to send")
    offline(True)
    expect(mine).to_contain_text("The connection is lost. It goes on by itself")
    offline(False)
    expect(mine).to_contain_text("MB sent")
    begun = Upload.objects.get().pk
    asked: list[str] = []
    page.on("request", lambda one: asked.append(f"{one.method} {one.url}"))

    page.goto("/?q=nothing")
    mine = row(page, "Heavy")

    expect(mine).to_contain_text("Waiting for its turn")
    assert not Upload.objects.exists()
    version = Product.objects.get().shown_version
    assert any(one.endswith(f"GET {page.url.partition('/?')[0]}/api/uploads/{begun}") for one in asked)
    assert not any(one.startswith("POST") and one.endswith("/api/uploads/") for one in asked)
    assert version.sha256 == hashlib.sha256(heavy.read_bytes()).hexdigest()


def test_a_file_that_the_browser_did_not_keep_is_asked_for_again_and_recognised(
    visiting: Visiting, heavy: Path, tmp_path: Path
) -> None:
    person = a_user(Role.EDITOR)
    page = visiting(person, "/")
    slowly(page)
    send(page, heavy)
    expect(row(page, "Heavy")).to_contain_text("of 1.0 MB sent")
    with page.expect_response(lambda one: "/parts/" in one.url and one.ok):
        pass
    page.evaluate(FORGET_FILES)
    begun = Upload.objects.get()
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    mine = row(page, "Heavy")
    expect(mine).to_contain_text("Choose it once more")
    other = tmp_path / "other.glb"
    other.write_bytes(b"x" * heavy.stat().st_size)

    with page.expect_file_chooser() as asked:
        mine.get_by_role("button", name="Choose the file…").click()
    asked.value.set_files(other)
    expect(mine).to_contain_text("This is another file")
    assert Upload.objects.get().pk == begun.pk
    with page.expect_file_chooser() as asked:
        mine.get_by_role("button", name="Choose the file…").click()
    asked.value.set_files(heavy)

    expect(mine).to_contain_text("Waiting for its turn")
    assert Product.objects.get().shown_version.size == heavy.stat().st_size


def test_cancelling_forgets_what_was_sent(visiting: Visiting, heavy: Path) -> None:
    page = visiting(Role.EDITOR, "/")
    slowly(page)
    send(page, heavy)
    mine = row(page, "Heavy")
    expect(mine.get_by_role("progressbar", name="Upload of Heavy")).to_be_visible()
    expect(mine).to_contain_text("of 1.0 MB sent")

    with page.expect_response(lambda one: one.request.method == "DELETE"):
        mine.get_by_role("button", name="Cancel").click()

    expect(mine).to_have_count(0)
    assert Product.objects.count() + Upload.objects.count() == 0
    page.reload()
    expect(page.get_by_role("region", name="Uploads")).to_be_hidden()


def test_a_name_is_text_wherever_it_stands(visiting: Visiting, tmp_path: Path) -> None:
    nasty = '<img src=x onerror="alert(1)">'
    file = tmp_path / (nasty.replace("/", "") + ".glb")
    file.write_bytes(a_glb())
    page = visiting(Role.EDITOR, "/")
    choose(page, file)
    expect(page.get_by_role("dialog")).to_contain_text(nasty)
    page.get_by_label("Name", exact=True).fill(nasty)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(row(page, nasty)).to_contain_text("Waiting for its turn")
    card = page.locator(".card").filter(has_text=nasty)

    card.locator("summary").click()
    card.get_by_role("button", name="Delete").click()

    expect(page.locator("#toast")).to_contain_text(f"“{nasty}” is deleted")
    assert page.locator("img[src=x]").count() == 0
    assert Job.objects.get().state == State.QUEUED
