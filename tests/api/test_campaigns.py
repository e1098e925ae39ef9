"""/api/campaigns/: many products cooked again, compared, and promoted, dropped or rolled back."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.models import AuditEntry
from vitrine.access.roles import Role
from vitrine.catalog.models import AssetVersion, Product, Variant
from vitrine.errors import ProofTooLow
from vitrine.pipeline.work import Format, Kind
from vitrine.processing import campaigns
from vitrine.processing.models import Campaign, Job

pytestmark = pytest.mark.django_db

CAMPAIGNS = "/api/campaigns/"


@pytest.fixture
def editor(calling: Caller) -> APIClient:
    return calling(Role.EDITOR)


def begun(client: APIClient, *products: Product, **order: Any) -> str:
    order = {"name": "Smaller", "product_ids": [str(one.pk) for one in products], **order}
    answer = client.post(CAMPAIGNS, order)
    assert answer.status_code == 201, answer.json()
    campaigns.feed()
    return f"{CAMPAIGNS}{answer.json()['id']}/"


def cooked(product: Product, *, size: int = 5, ssim: float = 0.99) -> AssetVersion:
    """As a worker leaves the product's open job: a version with its web variant, of `size` bytes."""
    job = Job.claim(Job.objects.filter(version__product=product).latest("created_at").pk)
    assert job is not None
    made = product.add_version(
        key="k",
        format=Format.GLB,
        source_format=Format.GLB,
        size=size,
        sha256="0" * 64,
        optimized=True,
        made_from=job.version,
        fingerprint=str(job.pk),
        passed=True,
    )
    proof = {"ssim": ssim, "passed": True, "bound": 0.98}
    Variant.objects.create(
        version=made, kind=Kind.WEB, key="k", format=Format.GLB, size=size, sha256="0" * 64, proof=proof
    )
    job.finish(made)
    campaigns.feed()
    return made


def shown(product: Product) -> int:
    return Product.objects.get(pk=product.pk).shown_version.number


def counts(client: APIClient, where: str) -> dict[str, int]:
    return {name: count for name, count in client.get(where).json()["counts"].items() if count}


def test_products_are_cooked_again_few_at_a_time_and_shoppers_see_what_they_saw(editor: APIClient) -> None:
    products = [a_product() for _ in range(4)]

    where = begun(editor, *products, quality=0.95, max_texture_px=1024)

    assert counts(editor, where) == {"waiting": 4}
    assert Job.objects.count() == 2
    job = Job.objects.earliest("created_at")
    assert job.options == {"quality": 0.95, "max_texture_px": 1024}
    assert not job.publish
    cooked(products[0])
    assert Job.objects.count() == 3
    assert counts(editor, where) == {"ready": 1, "waiting": 3}
    assert shown(products[0]) == 1


def test_what_was_gained_is_told_of_each_product_and_of_all(editor: APIClient) -> None:
    one, two = a_product(variants=(Kind.WEB,)), a_product(variants=(Kind.WEB,))
    before = sum(product.shown_version.variants.get().size for product in (one, two))
    where = begun(editor, one, two)
    cooked(one, size=7, ssim=0.97)
    cooked(two, size=5, ssim=0.99)

    campaign, items = editor.get(where).json(), editor.get(f"{where}items").json()

    assert (campaign["before_bytes"], campaign["after_bytes"]) == (before, 12)
    assert campaign["worst_ssim"] == 0.97
    assert items["next"] is None
    told = [(one["before"], one["after"], one["after_bytes"], one["ssim"]) for one in items["results"]]
    assert told == [(1, 2, 7, 0.97), (1, 2, 5, 0.99)]


def test_promoting_and_rolling_back_move_the_pointer(editor: APIClient) -> None:
    one, two = a_product(), a_product()
    where = begun(editor, one, two)
    cooked(one)
    cooked(two)

    answer = editor.post(f"{where}promote", {"product_ids": [str(one.pk)]})
    assert answer.json() == {"done": 1, "changed": 0, "left": 0}
    assert (shown(one), shown(two)) == (2, 1)
    assert editor.post(f"{where}promote", {}).json()["done"] == 1
    assert (shown(one), shown(two)) == (2, 2)
    assert counts(editor, where) == {"promoted": 2}

    assert editor.post(f"{where}roll-back", {}).json() == {"done": 2, "changed": 0, "left": 0}
    assert (shown(one), shown(two)) == (1, 1)
    assert counts(editor, where) == {"ready": 2}
    actions = AuditEntry.objects.filter(action__startswith="campaign.").values_list("action", flat=True)
    assert set(actions) == {"campaign.begun", "campaign.promoted", "campaign.rolled-back"}


def test_what_somebody_published_meanwhile_is_never_undone(editor: APIClient) -> None:
    promoted, waiting = a_product(), a_product()
    where = begun(editor, promoted, waiting)
    made = cooked(promoted)
    cooked(waiting)
    editor.post(f"{where}promote", {"product_ids": [str(promoted.pk)]})
    for product in (promoted, waiting):
        fields = {"key": "n", "format": Format.GLB, "source_format": Format.GLB, "size": 9}
        product.publish(product.add_version(**fields, sha256="1" * 64, passed=True))

    rolled, other = editor.post(f"{where}roll-back", {}), editor.post(f"{where}promote", {})

    assert rolled.json() == {"done": 0, "changed": 1, "left": 0}
    assert other.json() == {"done": 0, "changed": 1, "left": 0}
    assert made.number == 2
    assert (shown(promoted), shown(waiting)) == (3, 3)


def test_dropping_stops_what_has_not_begun(editor: APIClient) -> None:
    products = [a_product() for _ in range(3)]
    where = begun(editor, *products)
    cooked(products[0])

    editor.post(f"{where}drop", {})

    assert counts(editor, where) == {"dropped": 3}
    jobs = Job.objects.count()
    assert campaigns.feed() == 0
    assert Job.objects.count() == jobs
    assert shown(products[0]) == 1


def test_a_product_that_is_not_published_stays_so(editor: APIClient) -> None:
    hidden = a_product(published=False)
    where = begun(editor, hidden)
    cooked(hidden)

    assert editor.post(f"{where}promote", {}).json()["done"] == 1

    assert not Product.objects.get().published
    assert editor.post(f"{where}roll-back", {}).json()["done"] == 1
    assert not Product.objects.get().published


def test_a_failed_job_is_told_and_cannot_be_promoted(editor: APIClient) -> None:
    product = a_product()
    where = begun(editor, product)
    job = Job.claim(Job.objects.get().pk)
    assert job is not None
    job.fail(ProofTooLow("It would look different."))

    assert editor.get(f"{where}items").json()["results"][0]["error"]["code"] == "proof-too-low"
    assert editor.post(f"{where}promote", {}).json()["done"] == 0
    assert counts(editor, where) == {"failed": 1}


def test_products_that_are_not_there_are_named_and_nothing_begins(editor: APIClient) -> None:
    there, gone = a_product(), a_product()
    gone.remove()

    answer = editor.post(CAMPAIGNS, {"name": "x", "product_ids": [str(there.pk), str(gone.pk)]})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert str(gone.pk) in answer.json()["detail"]
    assert Campaign.objects.count() == 0


def test_the_same_order_again_begins_once(editor: APIClient) -> None:
    order = {"name": "x", "product_ids": [str(a_product().pk)]}

    first, second = (editor.post(CAMPAIGNS, order, headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert first.json()["id"] == second.json()["id"]
    assert Campaign.objects.count() == 1
    assert [one["id"] for one in editor.get(CAMPAIGNS).json()["results"]] == [first.json()["id"]]
