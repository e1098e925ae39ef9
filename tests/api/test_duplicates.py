"""/api/uploads/known: whether a file is a product's already."""

import pytest

from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.roles import Role

pytestmark = pytest.mark.django_db

KNOWN = "/api/uploads/known?sha256="


def test_the_product_that_has_a_file_is_named_and_one_that_was_deleted_is_not(calling: Caller) -> None:
    here, gone = a_product(name="Chair"), a_product()
    gone.remove()
    asked = [here.shown_version.sha256.upper(), gone.versions.get().sha256, "0" * 64]

    found = calling(Role.VIEWER).get(KNOWN + ",".join(asked)).json()["results"]

    sha256 = here.shown_version.sha256
    assert found == [{"sha256": sha256, "product_id": str(here.pk), "name": "Chair", "version": 1}]


@pytest.mark.parametrize("asked", ["", "abc", "0" * 63, ",".join(["0" * 64] * 51)])
def test_what_is_no_hash_is_refused(calling: Caller, asked: str) -> None:
    answer = calling(Role.VIEWER).get(KNOWN + asked)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
