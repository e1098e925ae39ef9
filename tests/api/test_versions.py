"""Versions of a product: optimizing makes the next, publishing moves a pointer."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.catalog.models import AssetVersion, Product
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.work import Format
from vitrine.processing.models import Job

GLB = b"glTF\x02\x00\x00\x00" + bytes(50)


def next_version(product: Product, *, passed: bool = True, number_of_bytes: int = 3) -> AssetVersion:
    first = product.shown_version
    return product.add_version(
        key=first.key + "2",
        format=Format.GLB,
        source_format=Format.GLB,
        size=number_of_bytes,
        sha256="0" * 64,
        optimized=True,
        made_from=first,
        fingerprint="f" * 64,
        passed=passed,
    )


@pytest.mark.parametrize("path", ["/api/assets/3d/{id}/optimize", "/api/assets/3d/{id}/optimize/"])
def test_optimize_answers_202_with_a_task(calling: Caller, path: str) -> None:
    product = a_product()

    response = calling(Role.EDITOR).post(path.format(id=product.pk), {})

    assert response.status_code == 202
    assert response.json() == {"task_id": str(Job.objects.get().pk), "status": "processing"}


def test_an_equal_order_while_one_runs_returns_the_running_task(calling: Caller) -> None:
    product = a_product()
    client = calling(Role.EDITOR)

    ids = [client.post(f"/api/assets/3d/{product.pk}/optimize", {}).json()["task_id"] for _ in range(2)]
    other = client.post(f"/api/assets/3d/{product.pk}/optimize", {"quality": 0.95}).json()["task_id"]

    assert ids[0] == ids[1]
    assert other != ids[0]


def test_an_order_may_name_what_the_files_must_fit_into(calling: Caller) -> None:
    product = a_product()

    calling(Role.EDITOR).post(f"/api/assets/3d/{product.pk}/optimize", {"max_bytes": 3_000_000})

    assert Job.objects.get().options == {"quality": 0.98, "max_bytes": 3_000_000}


def test_units_that_were_said_once_stay_until_others_are_said(calling: Caller) -> None:
    product, client = a_product(), calling(Role.EDITOR)
    path = f"/api/assets/3d/{product.pk}/optimize"

    for order in ({"units": "cm", "up_axis": "z"}, {"quality": 0.95}, {"units": "in", "quality": 0.96}):
        client.post(path, order)

    said = [(job.options["units"], job.options["up_axis"]) for job in Job.objects.order_by("created_at")]
    assert said == [("cm", "z"), ("cm", "z"), ("in", "z")]


def test_optimizing_an_optimized_version_cooks_the_one_it_was_made_from(calling: Caller) -> None:
    product = a_product()
    next_version(product)

    calling(Role.EDITOR).post(f"/api/assets/3d/{product.pk}/optimize", {})

    assert Job.objects.get().version.number == 1


def test_versions_are_listed_newest_first_with_what_was_promised(calling: Caller) -> None:
    product = a_product()
    next_version(product)

    body = calling(Role.VIEWER).get(f"/api/assets/3d/{product.pk}/versions").json()

    promised = {"id", "product_id", "version", "format", "url", "optimized", "created_at"}
    assert [one["version"] for one in body["versions"]] == [2, 1]
    assert [one["optimized"] for one in body["versions"]] == [True, False]
    assert [one["made_from"] for one in body["versions"]] == [1, None]
    assert all(set(one) >= promised for one in body["versions"])


def test_a_new_model_file_is_the_next_version(calling: Caller) -> None:
    product = a_product()
    form = {"model_file": SimpleUploadedFile("chair.glb", GLB)}

    response = calling(Role.EDITOR).post(f"/api/assets/3d/{product.pk}/versions", form, format="multipart")

    assert response.status_code == 201
    assert (response.json()["version"], response.json()["published"]) == (2, False)
    assert Product.objects.get().published_version == AssetVersion.objects.get(number=1)
    assert Job.objects.get().version.number == 2


@pytest.mark.parametrize(("converter", "status"), [(None, 409), (Path("/opt/converter/bin/python"), 202)])
def test_a_usdz_is_optimized_only_where_a_converter_is(
    calling: Caller, settings: Settings, converter: Path | None, status: int
) -> None:
    settings.PIPELINE = Bench(converter=converter)
    product = a_product()
    product.versions.update(format=Format.USDZ, source_format=Format.USDZ)

    response = calling(Role.EDITOR).post(f"/api/assets/3d/{product.pk}/optimize", {})

    assert (response.status_code, Job.objects.count()) == (status, int(status == 202))


def test_publishing_moves_forwards_and_back(calling: Caller) -> None:
    product = a_product()
    next_version(product)
    client = calling(Role.EDITOR)

    shown = [
        client.post(f"/api/assets/3d/{product.pk}/versions/{number}/publish").json()["version"]
        for number in (2, 1)
    ]

    assert shown == [2, 1]


def test_a_version_that_never_passed_cannot_be_published(calling: Caller) -> None:
    product = a_product()
    next_version(product, passed=False)

    response = calling(Role.EDITOR).post(f"/api/assets/3d/{product.pk}/versions/2/publish")

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert Product.objects.get().published_version == AssetVersion.objects.get(number=1)


def test_the_report_is_kept_with_the_version(calling: Caller) -> None:
    product = a_product()
    AssetVersion.objects.update(report={"notices": []})

    response = calling(Role.VIEWER).get(f"/api/assets/3d/{product.pk}/versions/1/report")

    assert response.json()["notices"] == []
    assert set(response.json()) == {"notices", "scale"}


def test_strangers_see_no_versions(calling: Caller) -> None:
    product = a_product()

    assert calling(None).get(f"/api/assets/3d/{product.pk}/versions").status_code == 401


def test_publishing_again_shows_the_newest_version_that_passed_even_if_it_was_only_checked(
    calling: Caller,
) -> None:
    product = a_product(published=False)
    first = product.shown_version
    sent = {
        "key": first.key,
        "format": first.format,
        "source_format": first.format,
        "size": 1,
        "sha256": "0" * 64,
    }
    product.add_version(**sent, passed=True, optimized=True, made_from=first)
    product.add_version(**sent, passed=True)

    response = calling(Role.EDITOR).put(f"/api/assets/3d/{product.pk}/", {"published": True}, format="json")

    assert (response.json()["published"], response.json()["version"]) == (True, 3)
