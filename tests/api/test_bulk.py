"""The same done to many products at once, and each told what became of it."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.catalog.announcements import Announcement, Topic
from vitrine.catalog.models import AssetVersion, Product
from vitrine.pipeline.work import Format
from vitrine.processing.models import Job


def asked(client: APIClient, action: str, *products: Product, **more: Any) -> Any:
    ids = [str(product.pk) for product in products]
    return client.post("/api/assets/3d/bulk", {"action": action, "ids": ids, **more})


def results(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["result"] for one in response.json()["results"]]


def test_each_is_told_what_became_of_it(editor: APIClient) -> None:
    ready, unchecked, gone = (a_product(published=False) for _ in range(3))
    AssetVersion.objects.filter(product=unchecked).update(passed=False)
    gone.remove()

    response = asked(editor, "publish", ready, unchecked, gone)

    assert results(response) == ["done", "waiting", "refused"]
    told = response.json()["results"]
    assert [one["name"] for one in told] == [ready.name, unchecked.name, gone.name]
    assert (told[2]["error"]["code"], told[2]["error"]["detail"]) == (
        "not-found",
        "Somebody has deleted this product.",
    )
    ready.refresh_from_db()
    unchecked.refresh_from_db()
    assert (ready.published, unchecked.published, unchecked.publish_wished) == (True, False, True)


def test_what_was_never_there_holds_nobody_up(editor: APIClient) -> None:
    product = a_product()
    ids = [str(uuid4()), str(product.pk)]

    response = editor.post("/api/assets/3d/bulk", {"action": "unpublish", "ids": ids})

    assert results(response) == ["refused", "done"]
    assert [one["id"] for one in response.json()["results"]] == ids


def test_tags_are_added_and_taken_away(editor: APIClient) -> None:
    first, second = a_product(tags=["old"]), a_product(tags=["oak"])

    assert results(asked(editor, "tag", first, second, add_tags=["new"], remove_tags=["old"])) == ["done"] * 2

    assert [sorted(one.tags) for one in Product.objects.order_by("created_at")] == [["new"], ["new", "oak"]]


def test_deleting_and_undoing_it_may_be_sent_twice(editor: APIClient) -> None:
    products = [a_product(), a_product()]
    shown = [product.published_version_id for product in products]

    for action in ("delete", "delete", "restore", "restore"):
        assert results(asked(editor, action, *products)) == ["done", "done"]

    assert [one.published_version_id for one in Product.objects.order_by("created_at")] == shown
    heard = Announcement.objects.filter(topic__in=[Topic.PRODUCT_DELETED, Topic.PRODUCT_RESTORED])
    assert heard.count() == 4


def test_optimizing_many_gives_each_its_job_and_refuses_what_has_none(editor: APIClient) -> None:
    glb, usdz = a_product(), a_product()
    AssetVersion.objects.filter(product=usdz).update(format=Format.USDZ)

    response = asked(editor, "optimize", glb, usdz, optimize={"quality": 0.97, "publish": "manual"})

    assert results(response) == ["done", "refused"]
    job = Job.objects.get()
    assert response.json()["results"][0]["task_id"] == str(job.pk)
    assert (job.options["quality"], job.publish, job.version.product) == (0.97, False, glb)
    assert "USDZ" in response.json()["results"][1]["error"]["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "burn", "ids": [str(uuid4())]}, "/action"),
        ({"action": "delete", "ids": []}, "/ids"),
        ({"action": "delete", "ids": [str(uuid4())] * 101}, "/ids"),
        ({"action": "delete", "ids": ["one"]}, "/ids/0"),
        ({"action": "tag", "ids": [str(uuid4())]}, "/add_tags"),
        ({"action": "tag", "ids": [str(uuid4())], "add_tags": ["x" * 61]}, "/add_tags/0"),
    ],
)
def test_what_is_no_order_does_nothing(editor: APIClient, body: dict[str, Any], pointer: str) -> None:
    product = a_product()

    response = editor.post("/api/assets/3d/bulk", body)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer)
    assert Product.objects.get(deleted_at=None) == product


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_may_not_write_changes_nothing(calling: Caller, role: Role | None) -> None:
    product = a_product()
    client = calling(role)

    statuses = {
        asked(client, "delete", product).status_code,
        client.post(f"/api/assets/3d/{product.pk}/restore").status_code,
    }

    assert statuses == {403 if role else 401}
    assert Product.objects.get(deleted_at=None) == product


def test_a_deleted_product_comes_back_at_its_address(editor: APIClient) -> None:
    address = f"/api/assets/3d/{a_product().pk}/"
    before = editor.get(address).json()
    assert editor.delete(address).status_code == 204
    assert editor.get(address).status_code == 404

    response = editor.post(f"{address}restore")

    assert response.status_code == 200
    assert {**response.json(), "updated_at": ""} == {**before, "updated_at": ""}
    assert response.headers["ETag"] == editor.get(address).headers["ETag"]


def test_a_purged_product_stays_away(editor: APIClient) -> None:
    address = f"/api/assets/3d/{a_product().pk}/"
    editor.delete(f"{address}?purge=true")

    response = editor.post(f"{address}restore")

    assert (response.status_code, response.json()["code"]) == (404, "not-found")
