"""Files that mean harm: refused or failed with a reason, the original kept, everybody else untouched."""

import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.builders import a_product
from tests.conftest import Caller
from tests.hostile import REJECTED, UNSUPPORTED
from tests.hostile.strangers import HostileFile
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.catalog.models import AssetVersion, Product, Status
from vitrine.processing import runner
from vitrine.processing.models import Job, State
from vitrine.storage.blobs import Key

REFUSALS = {"unsupported-format", "model-rejected"}


@pytest.mark.parametrize("hostile", [*UNSUPPORTED, *REJECTED], ids=lambda make: make.__name__)
def test_a_hostile_file_harms_nobody(calling: Caller, hostile: Callable[[], HostileFile]) -> None:
    name, content = hostile()
    other = a_product(name="somebody else's")
    form = {"name": "hostile", "model_file": SimpleUploadedFile(name, content)}

    response = calling(Role.EDITOR).post("/api/assets/3d/", form, format="multipart")

    if response.status_code != 201:
        assert response.status_code in {400, 415}
        assert response.json()["detail"]
        assert Product.objects.count() == 1
    else:
        assert_failed_with_a_reason(response.json()["id"], content)
    other.refresh_from_db()
    assert (other.published, other.status) == (True, Status.READY)
    assert b"".join(files.store().open(Key(other.shown_version.key))) == f"model of {other.pk}".encode()


def assert_failed_with_a_reason(product_id: str, content: bytes) -> None:
    job = Job.objects.get(version__product_id=uuid.UUID(product_id))

    runner.run(job.pk)

    job.refresh_from_db()
    version = AssetVersion.objects.get(product_id=product_id)
    assert (job.state, job.attempts) == (State.FAILED, 1)
    assert job.error["code"] in REFUSALS
    assert len(job.error["detail"]) > 20
    assert (version.product.status, version.product.published) == (Status.FAILED, False)
    assert b"".join(files.store().open(Key(version.key))) == content, "the original is not what was sent"
