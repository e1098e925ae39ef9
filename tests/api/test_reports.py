"""The report of a version: what its job kept, and what depends on the product of today."""

from typing import Any

from tests.builders import a_job, a_product
from tests.conftest import Caller
from tests.gltf_builders import a_plain_ball
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product
from vitrine.pipeline.judging import judge
from vitrine.pipeline.measure import Measured
from vitrine.pipeline.work import Kind
from vitrine.processing import runner
from vitrine.storage.blobs import Key


def a_judged_product(**fields: Any) -> Product:
    """Its model measures 0.5 × 0.5 × 0.5 m."""
    product = a_product(**fields)
    small = Measured(format="glb", bytes=1000, triangles=10)
    report = {"source": {"author": "Ada", "license": "CC0"}, "channels": judge(small, {Kind.ANDROID: small})}
    product.versions.update(dimensions_m=[0.5, 0.5, 0.5], report=report)
    return product


def read_report(calling: Caller, product: Product) -> Any:
    return calling(Role.VIEWER).get(f"/api/assets/3d/{product.pk}/versions/1/report").json()


def amazon(report: Any) -> Any:
    return next(one for one in report["channels"] if one["channel"] == "amazon")


def test_a_report_compares_the_size_with_the_claim_of_today(calling: Caller) -> None:
    product = a_judged_product(metadata={"dimensions_m": [50, 50, 50]})

    before = read_report(calling, product)
    calling(Role.EDITOR).patch(
        f"/api/assets/3d/{product.pk}/", {"metadata": {"dimensions_m": [0.5, 0.5, 0.51]}}, format="json"
    )
    after = read_report(calling, product)

    assert (before["scale"]["match"], before["scale"]["factor"]) == ("scaled", 0.01)
    assert (amazon(before)["verdict"], amazon(before)["rules"][-1]["limit"]) == ("fail", [50, 50, 50])
    assert (after["scale"]["match"], after["scale"]["tolerance"]) == ("matches", 0.05)
    assert (amazon(after)["verdict"], amazon(after)["file"]) == ("pass", "android")


def test_without_a_claim_the_size_is_not_judged(calling: Caller) -> None:
    report = read_report(calling, a_judged_product())

    assert report["scale"]["match"] == "unknown"
    assert amazon(report)["rules"][-1]["original"] == {"found": [0.5, 0.5, 0.5], "ok": None}


def test_a_claim_of_before_there_was_a_rule_is_passed_over(calling: Caller) -> None:
    report = read_report(calling, a_judged_product(metadata={"dimensions_m": "50 cm"}))

    assert (report["scale"]["match"], report["scale"]["claimed_m"]) == ("unknown", None)


def test_a_claim_that_is_no_size_is_refused_and_changes_nothing(calling: Caller) -> None:
    product = a_product(metadata={"sku": "C-1"})

    response = calling(Role.EDITOR).patch(
        f"/api/assets/3d/{product.pk}/", {"metadata": {"dimensions_m": [0.4, 88000, 0.5]}}, format="json"
    )

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "pointer": "/metadata",
            "detail": "dimensions_m is in metres: y is 88000, not a number above 0 and up to 1000.",
        }
    ]
    assert Product.objects.get().metadata == {"sku": "C-1"}


def test_a_version_says_who_made_its_model(calling: Caller) -> None:
    product = a_judged_product()

    body = calling(Role.VIEWER).get(f"/api/assets/3d/{product.pk}/versions/1").json()

    assert (body["author"], body["license"], body["copyright"]) == ("Ada", "CC0", "")


def test_a_model_that_is_only_checked_is_judged_as_it_came(calling: Caller) -> None:
    job = a_job(recipe="check", passed=False)
    glb = a_plain_ball()
    glb.json["asset"]["copyright"] = "© Ada"
    replace_file(job.version, glb.bytes())

    runner.run(job.pk)

    report = read_report(calling, job.version.product)
    assert [one["verdict"] for one in report["channels"] if one["channel"] == "shopify"] == ["pass"]
    assert {one["file"] for one in report["channels"]} == {"original", None}
    assert report["source"]["copyright"] == "© Ada"


def replace_file(version: AssetVersion, data: bytes) -> None:
    with files.store().write(Key(version.key), media_type="model/gltf-binary") as file:
        file.write(data)
