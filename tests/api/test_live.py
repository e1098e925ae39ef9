"""/api/tasks/stream: jobs are told as they change, to as many as there are places for, until they log out."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_job, a_key, a_user
from vitrine.access import tokens
from vitrine.access.models import User
from vitrine.access.roles import Role, Scope
from vitrine.api import live as answers
from vitrine.errors import ModelRejected
from vitrine.processing import live
from vitrine.processing.models import Job, State

pytestmark = pytest.mark.django_db(transaction=True)

STREAM = "/api/tasks/stream"
EVENTS = {"Accept": "text/event-stream"}
Heard = tuple[str, str, Any]


@pytest.fixture(autouse=True)
def _swift(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(live, "TICK_S", 0.05)
    monkeypatch.setattr(answers, "BEAT_S", 5.0)
    yield
    live.STATION.end()


def logged_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@contextmanager
def listening(client: Client, where: str = STREAM, **headers: str) -> Iterator[Iterator[Heard]]:
    """What is told, one event after another."""
    response: Any = client.get(where, headers={**EVENTS, **headers})
    assert response.status_code == 200, response.content
    with closing(response):
        yield events(response.streaming_content)


def events(pieces: Iterator[bytes]) -> Iterator[Heard]:
    """Each event's id, name and data."""
    for piece in pieces:
        for block in piece.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "data" in fields:
                yield fields.get("id", ""), fields["event"], json.loads(fields["data"])


def until_mark(heard: Iterator[Heard]) -> tuple[list[tuple[str, str]], str]:
    """The tasks up to the next mark, by id and step; and the mark."""
    tasks: list[tuple[str, str]] = []
    for mark, name, told in heard:
        if name == "mark":
            return tasks, mark
        tasks.append((told["task_id"], told["step"]))
    raise AssertionError("it ended without a mark")


def test_open_jobs_come_first_and_then_each_change() -> None:
    job = a_job()
    with listening(logged_in(a_user(Role.VIEWER))) as heard:
        assert until_mark(heard)[0] == [(str(job.pk), "")]
        assert until_mark(heard)[0] == [(str(job.pk), "")]  # the first look of this process's thread

        claimed = Job.claim(job.pk)
        assert claimed is not None
        claimed.note_step("optimize", 0.5)

        assert until_mark(heard)[0][-1] == (str(job.pk), "optimize")


def test_who_comes_again_hears_what_ended_meanwhile() -> None:
    client, job = logged_in(a_user(Role.EDITOR)), a_job()
    with listening(client) as heard:
        mark = until_mark(heard)[1]
    claimed = Job.claim(job.pk)
    assert claimed is not None
    claimed.finish(job.version)

    with listening(client, **{"Last-Event-ID": mark}) as heard:
        told = next(heard)[2]

    assert (told["task_id"], told["status"], told["version"]) == (str(job.pk), State.DONE, 1)


def test_a_page_hears_why_a_job_failed_in_its_language_and_a_program_in_english() -> None:
    person, job = a_user(Role.EDITOR, language="de"), a_job()
    kept = ModelRejected("The file has 8 bytes; the limit is 4.").kept()
    Job.objects.filter(pk=job.pk).update(state=State.FAILED, error=kept, finished_at=timezone.now())
    again = {"Last-Event-ID": "1"}

    with listening(logged_in(person), **again) as heard:
        page = next(heard)[2]["error"]
    bearer = f"Bearer {tokens.begin(person).access}"
    with listening(Client(), Authorization=bearer, **again) as heard:
        program = next(heard)[2]["error"]

    assert page["detail"] == "Die Datei hat 8 Bytes; die Grenze ist 4."
    assert page["title"] == "Das Modell ist so nicht verwendbar"
    assert program == kept


def test_only_one_product_s_jobs_where_that_is_asked() -> None:
    mine, _ = a_job(), a_job()
    where = f"{STREAM}?product={mine.version.product_id}"

    with listening(logged_in(a_user()), where) as heard:
        assert until_mark(heard)[0] == [(str(mine.pk), "")]


def test_it_ends_at_logout() -> None:
    client = logged_in(a_user())
    with listening(client) as heard:
        until_mark(heard)

        assert client.post("/logout").status_code == 302

        assert [name for _, name, _ in heard] == ["over"]


def test_tokens_listen_until_their_login_ends_and_keys_too() -> None:
    person = a_user()
    login = tokens.begin(person)
    with listening(Client(), Authorization=f"Bearer {login.access}") as heard:
        until_mark(heard)
        person.logins.all().delete()
        assert [name for _, name, _ in heard] == ["over"]

    row, key = a_key(Scope.ASSETS_READ)
    with listening(Client(), Authorization=f"Api-Key {key}") as heard:
        until_mark(heard)
        User.objects.filter(pk=row.created_by_id).update(is_active=False)
        assert [name for _, name, _ in heard] == ["over"]


def test_a_full_house_is_told_so_and_a_place_that_is_left_is_free(settings: Settings) -> None:
    settings.LISTENERS_AT_ONCE = 1
    client = logged_in(a_user())
    with listening(client):
        refused = logged_in(a_user()).get(STREAM, headers=EVENTS)

        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert refused.headers["Retry-After"] == "30"

    with listening(client) as heard:
        until_mark(heard)


def test_it_ends_by_itself_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LIFE_S", 0.2)
    monkeypatch.setattr(answers, "BEAT_S", 0.05)

    with listening(logged_in(a_user())) as heard:
        assert [name for _, name, _ in heard] == ["mark"]


def test_strangers_hear_nothing() -> None:
    assert Client().get(STREAM, headers=EVENTS).status_code == 401
