"""A deleted product is proven to be gone, place by place, or it is said what is left."""

import io
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.audit import AuditEntry
from vitrine.access.roles import Role
from vitrine.catalog import files, publishing
from vitrine.catalog.models import Product
from vitrine.pipeline.work import Kind
from vitrine.privacy import gone
from vitrine.processing import upkeep
from vitrine.storage.blobs import Key

pytestmark = pytest.mark.django_db


def said(product: Product) -> str:
    out = StringIO()
    call_command("privacy", "gone", str(product.pk), stdout=out)
    return out.getvalue()


def test_what_was_purged_is_gone(calling: Caller) -> None:
    product = a_product(variants=(Kind.WEB,))
    Client().get(f"/api/assets/3d/{product.pk}/")
    calling(Role.EDITOR).delete(f"/api/assets/3d/{product.pk}/?purge=true")

    proof = gone.prove(product.pk)

    assert (proof.left, proof.late) == ([], False)
    assert {place.name for place in proof.places if place.count} == {
        "access_auditentry",
        "catalog_announcement",
    }
    assert "Gone: nothing that it was is left." in said(product)


def test_within_its_days_it_says_what_is_left_and_until_when(calling: Caller) -> None:
    product = a_product(variants=(Kind.WEB,))
    calling(Role.EDITOR).delete(f"/api/assets/3d/{product.pk}/")

    text = said(product)

    assert (
        "this may be left: catalog_product, catalog_assetversion, catalog_variant, files under models/"
        in text
    )


def test_what_should_be_gone_and_is_not_is_a_fault(calling: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    product = a_product()
    calling(Role.EDITOR).delete(f"/api/assets/3d/{product.pk}/")
    monkeypatch.setattr(publishing, "kept_for", lambda: timedelta(days=-2))

    with pytest.raises(CommandError, match="Not gone as promised"):
        said(product)


def test_a_file_that_was_left_behind_is_found(calling: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    product = a_product()
    calling(Role.EDITOR).delete(f"/api/assets/3d/{product.pk}/?purge=true")
    key = Key(f"models/{product.pk}/left.glb")
    files.store().put(key, io.BytesIO(b"left"), media_type="model/gltf-binary")
    monkeypatch.setattr(publishing, "kept_for", lambda: timedelta(days=-2))

    assert [place.name for place in gone.prove(product.pk).left] == [f"files under models/{product.pk}/"]
    assert gone.prove(product.pk).late
    files.store().delete(key)


def test_one_that_is_still_there_was_never_deleted() -> None:
    with pytest.raises(CommandError, match="Not gone"):
        said(a_product())


def test_no_cache_outlives_the_last_address_of_a_file(calling: Caller, settings: Settings) -> None:
    product = a_product()
    calling(Role.EDITOR).delete(f"/api/assets/3d/{product.pk}/")
    deleted = AuditEntry.objects.get(action="product.deleted").at

    assert gone.prove(product.pk).caches_until == deleted + timedelta(seconds=2 * settings.FILE_URL_STEP_S)
    settings.FILE_URLS = "plain"
    assert gone.prove(product.pk).caches_until is None
    assert "until you purge them" in said(product)


def test_it_goes_in_the_promised_time(calling: Caller, settings: Settings) -> None:
    product = a_product()
    calling(Role.EDITOR).delete(f"/api/assets/3d/{product.pk}/")
    Product.objects.update(deleted_at=timezone.now() - timedelta(days=settings.DELETED_DAYS, minutes=1))

    upkeep.sweep_deleted()

    assert gone.prove(product.pk).left == []


def test_of_one_that_never_was_there_is_nothing_to_say() -> None:
    proof = gone.prove(uuid4())

    assert (proof.left, proof.late, proof.deleted_at) == ([], False, None)
