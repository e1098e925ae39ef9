"""Searches that somebody named, for the team or for oneself."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.builders import a_user
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.catalog.saved import SavedView

VIEWS = "/api/views/"


def made(client: APIClient, name: str = "Oak", **fields: Any) -> Any:
    return client.post(VIEWS, {"name": name, "query": "tags=oak", **fields})


def names(client: APIClient) -> list[str]:
    return [one["name"] for one in client.get(VIEWS).json()["results"]]


def test_the_team_s_are_everybody_s_and_one_s_own_are_not(calling: Caller) -> None:
    ada, bob = calling(Role.EDITOR), calling(Role.VIEWER)
    assert made(ada, "Mine").status_code == 201
    ours = made(ada, "Ours", shared=True).json()

    assert (names(ada), names(bob)) == (["Mine", "Ours"], ["Ours"])
    assert bob.get(f"{VIEWS}{ours['id']}/").json() == ours
    assert bob.delete(f"{VIEWS}{ours['id']}/").status_code == 403


def test_somebody_else_s_own_is_not_there(calling: Caller) -> None:
    view = made(calling(Role.EDITOR)).json()
    other = calling(Role.EDITOR)

    statuses = [
        other.get(f"{VIEWS}{view['id']}/").status_code,
        other.patch(f"{VIEWS}{view['id']}/", {"name": "Taken"}).status_code,
        other.delete(f"{VIEWS}{view['id']}/").status_code,
    ]

    assert statuses == [404, 404, 404]
    assert SavedView.objects.get().name == "Oak"


def test_a_view_keeps_the_list_and_not_the_page_of_it(editor: APIClient) -> None:
    query = "?q=chair&tags=oak&tags=new&ordering=name&cursor=abc&limit=3"

    body = made(editor, query=query).json()

    assert (body["query"], body["shared"]) == ("q=chair&tags=oak&tags=new&ordering=name", False)


@pytest.mark.parametrize("query", ["format=doc", "ordering=luck", "size_min=-1", "created_after=soon"])
def test_what_no_list_takes_is_no_view(editor: APIClient, query: str) -> None:
    response = made(editor, query=query)

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/query")
    assert query.partition("=")[0] in response.json()["detail"]
    assert SavedView.objects.count() == 0


def test_a_name_is_taken_once(editor: APIClient) -> None:
    made(editor)
    made(editor, shared=True)

    again = [made(editor), made(editor, shared=True)]

    assert [response.status_code for response in again] == [409, 409]
    assert "already" in again[0].json()["detail"]
    assert SavedView.objects.count() == 2


def test_a_view_is_renamed_shared_and_deleted(calling: Caller) -> None:
    editor = calling(a_user(Role.EDITOR))
    address = f"{VIEWS}{made(editor).json()['id']}/"

    changed = editor.patch(address, {"name": "All oak", "shared": True}).json()
    assert (changed["name"], changed["shared"], changed["query"]) == ("All oak", True, "tags=oak")
    assert names(calling(Role.VIEWER)) == ["All oak"]

    assert (editor.delete(address).status_code, editor.delete(address).status_code) == (204, 404)
