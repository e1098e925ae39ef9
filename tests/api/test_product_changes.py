"""Notes on versions, publishing under If-Match, and the placement of a model that was exported wrongly."""

import pytest

from tests.api.test_versions import next_version
from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.audit import AuditEntry
from vitrine.access.roles import Role
from vitrine.catalog.models import AssetVersion
from vitrine.processing.models import Job


def test_a_version_takes_a_note_and_the_audit_log_says_so(calling: Caller) -> None:
    product = a_product()
    address = f"/api/assets/3d/{product.pk}/versions/1"

    answer = calling(Role.EDITOR).patch(address, {"note": "New legs"}, format="json")

    assert (answer.status_code, answer.json()["note"]) == (200, "New legs")
    entry = AuditEntry.objects.get(action="version.noted")
    assert (entry.target_id, entry.details) == (str(product.pk), {"version": 1})


def test_a_note_that_is_too_long_is_refused_with_its_limit(calling: Caller) -> None:
    product = a_product()

    answer = calling(Role.EDITOR).patch(
        f"/api/assets/3d/{product.pk}/versions/1", {"note": "x" * 501}, format="json"
    )

    assert answer.status_code == 400
    assert "500" in answer.json()["errors"][0]["detail"]
    assert AssetVersion.objects.get().note == ""


@pytest.mark.parametrize("what", ["note", "publish"])
def test_a_stale_tag_changes_no_version(calling: Caller, what: str) -> None:
    product = a_product(published=False)
    client = calling(Role.EDITOR)
    read = client.get(f"/api/assets/3d/{product.pk}/").headers["ETag"]
    client.patch(f"/api/assets/3d/{product.pk}/", {"name": "Other"}, format="json")
    address = f"/api/assets/3d/{product.pk}/versions/1"

    if what == "note":
        answer = client.patch(address, {"note": "New legs"}, format="json", HTTP_IF_MATCH=read)
    else:
        answer = client.post(f"{address}/publish", HTTP_IF_MATCH=read)

    product.refresh_from_db()
    assert answer.status_code == 412
    assert (product.published, product.shown_version.note) == (False, "")


def test_a_viewer_may_not_write_notes(calling: Caller) -> None:
    product = a_product()

    answer = calling(Role.VIEWER).patch(
        f"/api/assets/3d/{product.pk}/versions/1", {"note": "x"}, format="json"
    )

    assert answer.status_code == 403
    assert AssetVersion.objects.get().note == ""


def test_a_placement_goes_with_the_job(calling: Caller) -> None:
    product = a_product()
    placement = {"turn_x": -90, "scale": 0.01, "ground": True}

    answer = calling(Role.EDITOR).post(
        f"/api/assets/3d/{product.pk}/optimize", {"placement": placement}, format="json"
    )

    assert answer.status_code == 202
    assert Job.objects.get().options["placement"] == placement


@pytest.mark.parametrize("placement", [{"scale": 0}, {"turn_y": 400}, {"ground": "up"}, 7])
def test_a_placement_that_is_none_is_refused(calling: Caller, placement: object) -> None:
    product = a_product()

    answer = calling(Role.EDITOR).post(
        f"/api/assets/3d/{product.pk}/optimize", {"placement": placement}, format="json"
    )

    assert answer.status_code == 400
    assert not Job.objects.exists()


def test_optimizing_again_keeps_the_placement_that_is_shown(calling: Caller) -> None:
    product = a_product()
    first = product.shown_version
    placed = next_version(product)
    placement = {"turn_x": -90}
    Job.objects.create(
        version=first,
        recipe="standard",
        options={"placement": placement},
        options_key="p" * 64,
        state="done",
        made_version=placed,
    )
    product.publish(placed)
    client = calling(Role.EDITOR)

    client.post(f"/api/assets/3d/{product.pk}/optimize", {}, format="json")
    client.post(f"/api/assets/3d/{product.pk}/optimize", {"placement": {}}, format="json")

    kept, put_back = Job.objects.filter(state="queued").order_by("created_at")
    assert (kept.options["placement"], put_back.options["placement"]) == (placement, {})


def test_the_first_frame_that_was_chosen_goes_with_every_job(calling: Caller) -> None:
    view = {"orbit": "40deg 60deg 80%", "target": "not a place", "exposure": 1.2, "room": "cellar"}
    product = a_product(metadata={"view": view})

    calling(Role.EDITOR).post(f"/api/assets/3d/{product.pk}/optimize", {}, format="json")

    assert Job.objects.get().options["view"] == {"orbit": "40deg 60deg 80%", "exposure": 1.2}
