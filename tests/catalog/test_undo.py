"""A removal is undone just as it was done, until nothing is left to bring back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_product
from vitrine.access.audit import AuditEntry
from vitrine.catalog import files, publishing
from vitrine.catalog.announcements import Announcement
from vitrine.catalog.models import AssetVersion, Product
from vitrine.errors import Conflict, NotFound
from vitrine.processing import runner, upkeep
from vitrine.processing.models import Job

pytestmark = pytest.mark.django_db


def topics() -> list[tuple[str, object]]:
    return list(Announcement.objects.order_by("at").values_list("topic", "told"))


def removed_ago(product: Product, ago: timedelta) -> None:
    product.remove()
    Product.objects.filter(pk=product.pk).update(deleted_at=timezone.now() - ago)


def here(product: Product) -> Product | None:
    return Product.objects.filter(pk=product.pk, deleted_at=None).first()


def test_what_was_published_is_published_again_at_the_same_version() -> None:
    product = a_product(tags=["oak"])
    first = product.shown_version
    product.add_version(
        **{name: getattr(first, name) for name in ("key", "format", "source_format", "size", "sha256")}
    )
    Announcement.objects.all().delete()

    product.remove()
    publishing.restore(product.pk)

    back = here(product)
    assert back is not None
    assert (back.published_version, back.tags, back.publish_wished) == (first, ["oak"], True)
    assert topics() == [("product.deleted", {}), ("product.restored", {"published": 1})]
    actions = AuditEntry.objects.order_by("at").values_list("action", flat=True)
    assert list(actions)[-2:] == ["product.deleted", "product.restored"]


def test_what_was_hidden_stays_hidden() -> None:
    product = a_product(published=False)
    product.remove()

    publishing.restore(product.pk)

    back = here(product)
    assert back is not None
    assert (back.published, back.publish_wished) == (False, False)


def test_removing_and_restoring_twice_is_no_more_than_once() -> None:
    product = a_product()
    version = product.published_version
    Announcement.objects.all().delete()

    for verb in (product.remove, product.remove):
        verb()
    for _ in range(2):
        publishing.restore(product.pk)

    back = here(product)
    assert back is not None
    assert back.published_version == version
    assert [topic for topic, _ in topics()] == ["product.deleted", "product.restored"]


def test_a_job_that_ends_meanwhile_shows_its_version_when_it_is_back() -> None:
    product = a_product(published=False, publish_wished=True)
    version = product.shown_version
    job = Job.objects.create(version=version, recipe="check", options_key="k" * 64)
    product.remove()

    runner.publish(job, product, version)
    hidden = Product.objects.get(pk=product.pk)
    publishing.restore(product.pk)

    back = here(product)
    assert back is not None
    assert (hidden.published_version, back.published_version) == (None, version)
    assert AssetVersion.objects.get(pk=version.pk).published_at is not None


@pytest.mark.parametrize(("days", "last"), [(7, timedelta(days=7)), (0, timedelta(minutes=30))])
def test_it_can_be_undone_for_as_long_as_its_files_are_kept(
    settings: Settings, days: int, last: timedelta
) -> None:
    settings.DELETED_DAYS = days
    product, late = a_product(), a_product()
    removed_ago(product, last - timedelta(minutes=1))
    removed_ago(late, last + timedelta(minutes=1))

    with pytest.raises(NotFound):
        publishing.restore(late.pk)
    assert upkeep.sweep_deleted() == 1
    publishing.restore(product.pk)

    assert list(Product.objects.all()) == [product]
    assert list(files.store().keys(f"models/{product.pk}/")) == [product.shown_version.key]
    assert list(files.store().keys(f"models/{late.pk}/")) == []


def test_what_was_brought_back_is_not_swept_by_who_had_it_on_their_list() -> None:
    product = a_product()
    product.remove()
    publishing.restore(product.pk)

    upkeep.purge(product)

    assert here(product) is not None
    assert list(files.store().keys(f"models/{product.pk}/")) == [product.shown_version.key]


def test_tags_come_and_go_beside_those_that_are_there() -> None:
    product = a_product(tags=["oak", "old"])

    publishing.tag(product, add=["new", "oak", "new"], remove=["old", "none"])

    product.refresh_from_db()
    assert product.tags == ["oak", "new"]


def test_more_tags_than_are_kept_are_refused() -> None:
    product = a_product(tags=[f"tag {number}" for number in range(50)])

    with pytest.raises(Conflict, match="51 tags; at most 50"):
        publishing.tag(product, add=["one more"])

    product.refresh_from_db()
    assert len(product.tags) == 50
