"""If-Match: nobody overwrites what somebody else has changed meanwhile."""

from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.builders import a_product, a_user
from tests.conftest import Caller
from tests.locks import together
from vitrine.access.roles import Role
from vitrine.catalog import publishing
from vitrine.catalog.models import Product
from vitrine.errors import NotFound
from vitrine.pipeline.work import Kind


def address_of(product: Product) -> str:
    return f"/api/assets/3d/{product.pk}/"


def tag_of(client: APIClient, product: Product) -> str:
    return str(client.get(address_of(product)).headers["ETag"])


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_of_what_was_read_is_taken(calling: Caller, method: str) -> None:
    product, client = a_product(), calling(Role.EDITOR)
    headers = {"If-Match": tag_of(client, product)}

    response = getattr(client, method)(address_of(product), {"name": "Armchair"}, headers=headers)

    assert (response.status_code, response.json()["name"]) == (200, "Armchair")
    assert response.headers["ETag"] == tag_of(client, product)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_change_of_what_others_have_changed_is_refused(calling: Caller, method: str) -> None:
    product, client = a_product(name="Chair"), calling(Role.EDITOR)
    headers = {"If-Match": tag_of(client, product)}
    client.put(address_of(product), {"alt": "A chair"})

    response = getattr(client, method)(address_of(product), {"name": "Armchair"}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (412, "stale")
    left = Product.objects.get()
    assert (left.name, left.alt, left.deleted_at) == ("Chair", "A chair", None)


def test_a_deletion_of_what_was_read_is_done(calling: Caller) -> None:
    product, client = a_product(), calling(Role.EDITOR)

    response = client.delete(address_of(product), headers={"If-Match": tag_of(client, product)})

    assert response.status_code == 204


def test_what_a_job_or_a_publishing_changes_counts_too(calling: Caller) -> None:
    product, client = a_product(variants=(Kind.WEB,)), calling(Role.EDITOR)
    tags = [tag_of(client, product)]

    product.shown_version.variants.update(proof={"passed": True})
    tags.append(tag_of(client, product))
    product.note_passed()
    tags.append(tag_of(client, product))
    client.patch(address_of(product), {"published": False})
    tags.append(tag_of(client, product))

    assert len(set(tags)) == 4


@pytest.mark.parametrize("said", ["*", '"made-up", {tag}', "{tag} , W/{tag}"])
def test_any_of_several_tags_will_do(calling: Caller, said: str) -> None:
    product, client = a_product(), calling(Role.EDITOR)
    headers = {"If-Match": said.replace("{tag}", tag_of(client, product))}

    assert client.put(address_of(product), {"name": "Armchair"}, headers=headers).status_code == 200


@pytest.mark.parametrize("said", ["", "chair", "W/{tag}", '"', '"1', '"9999999999999999999999-a"'])
def test_a_weak_or_made_up_tag_is_never_the_one(calling: Caller, said: str) -> None:
    product, client = a_product(name="Chair"), calling(Role.EDITOR)
    headers = {"If-Match": said.replace("{tag}", tag_of(client, product))}

    response = client.put(address_of(product), {"name": "Armchair"}, headers=headers)

    assert (response.status_code, Product.objects.get().name) == (412, "Chair")


def test_the_tag_of_another_address_of_ours_stands_for_the_same_product(
    calling: Caller, settings: Any
) -> None:
    product, client = a_product(), calling(Role.EDITOR)
    tag = tag_of(client, product)
    settings.PUBLIC_URL = "https://assets.example.com"

    response = client.put(address_of(product), {"name": "Armchair"}, headers={"If-Match": tag})

    assert response.status_code == 200
    assert tag_of(client, product) != tag


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_refused() -> None:
    product, user = a_product(), a_user(Role.EDITOR)
    clients = [APIClient(), APIClient()]
    for client in clients:
        client.force_authenticate(user)
    tag = tag_of(clients[0], product)
    statuses: list[int] = []

    def change(client: APIClient) -> None:
        sent = client.put(address_of(product), {"name": "Armchair"}, headers={"If-Match": tag})
        statuses.append(sent.status_code)

    together(
        [partial(change, client) for client in clients],
        hold=lambda: Product.objects.select_for_update().get(pk=product.pk),
    )

    assert sorted(statuses) == [200, 412]


@pytest.mark.django_db
def test_a_product_that_was_deleted_meanwhile_is_not_changed() -> None:
    product = a_product(name="Chair")
    publishing.remove(product)

    with pytest.raises(NotFound):
        publishing.change(product, name="Armchair")

    assert Product.objects.get().name == "Chair"
