"""How a job is doing, for who started it."""

import uuid

from tests.builders import a_job
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.errors import ModelRejected
from vitrine.processing.models import Job


def test_a_running_task_tells_its_step_and_when_to_ask_again(calling: Caller) -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    job.note_step("optimize", 0.4)

    response = calling(Role.VIEWER).get(f"/api/tasks/{job.pk}/")

    body = response.json()
    assert (body["task_id"], body["status"]) == (str(job.pk), "processing")
    assert (body["step"], body["progress"], body["attempts"]) == ("optimize", 0.4, 1)
    assert (body["version"], body["error"]) == (None, None)
    assert response.headers["Retry-After"] == "2"


def test_a_failed_task_says_what_to_do(calling: Caller) -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    job.fail(ModelRejected("It has no triangles. Export it with its meshes."))

    body = calling(Role.VIEWER).get(f"/api/tasks/{job.pk}").json()

    assert body["status"] == "failed"
    assert body["error"]["code"] == "model-rejected"
    assert "Export it" in body["error"]["detail"]


def test_tasks_are_listed_by_product(calling: Caller) -> None:
    job, _other = a_job(), a_job()

    body = calling(Role.VIEWER).get(f"/api/tasks/?product={job.version.product_id}").json()

    assert [one["task_id"] for one in body["results"]] == [str(job.pk)]


def test_strangers_see_no_tasks(calling: Caller) -> None:
    job = a_job()

    assert calling(None).get(f"/api/tasks/{job.pk}/").status_code == 401
    assert calling(Role.VIEWER).get(f"/api/tasks/{uuid.uuid4()}/").status_code == 404
