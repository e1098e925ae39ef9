"""What happened is announced once, by whoever did it, or not at all."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from pytest_django import Settings

from tests.builders import a_job, a_product
from tests.conftest import Caller
from tests.gltf_builders import a_ball
from tests.polygon_builders import binary_stl, cube_triangles
from vitrine.access.roles import Role
from vitrine.catalog.announcements import Announcement, Topic, announce
from vitrine.errors import ModelRejected
from vitrine.pipeline.bench import Bench
from vitrine.processing import runner
from vitrine.processing.models import Job

pytestmark = pytest.mark.django_db


def topics() -> list[str]:
    return list(Announcement.objects.order_by("at").values_list("topic", flat=True))


def told(topic: Topic) -> Any:
    return Announcement.objects.get(topic=topic).told


def a_published_product() -> str:
    """Its address, and nothing announced so far."""
    product = a_product()
    Announcement.objects.all().delete()
    return f"/api/assets/3d/{product.pk}/"


def test_a_model_s_whole_way_is_announced_step_by_step(calling: Caller, settings: Settings) -> None:
    settings.PIPELINE = Bench(chromium=Path("/nowhere/chromium"))
    cube = SimpleUploadedFile("cube.stl", binary_stl(cube_triangles(scale=100)))
    client = calling(Role.EDITOR)
    client.post("/api/assets/3d/", {"name": "Cube", "model_file": cube}, format="multipart")
    job = Job.objects.get()

    runner.run(job.pk)

    assert topics() == [
        "product.created",
        "version.created",
        "version.created",
        "version.ready",
        "product.published",
    ]
    assert told(Topic.VERSION_READY) == {
        "version": 2,
        "task_id": str(job.pk),
        "variants": ["preview", "mobile", "web", "android", "ios"],
    }
    assert told(Topic.PRODUCT_PUBLISHED) == {"version": 2}


def test_a_file_that_is_only_checked_is_ready_as_it_came(calling: Caller) -> None:
    form = {"name": "Ball", "model_file": SimpleUploadedFile("ball.glb", a_ball().bytes())}
    calling(Role.EDITOR).post("/api/assets/3d/", {**form, "optimize": "false"}, format="multipart")

    runner.run(Job.objects.get().pk)

    assert topics() == ["product.created", "version.created", "version.ready", "product.published"]
    assert (told(Topic.VERSION_READY)["version"], told(Topic.VERSION_READY)["variants"]) == (1, [])


def test_a_file_that_is_refused_fails_once(calling: Caller) -> None:
    form = {"name": "Bad", "model_file": SimpleUploadedFile("a.glb", b"glTF\x02\x00\x00\x00" + bytes(99))}
    calling(Role.EDITOR).post("/api/assets/3d/", {**form, "optimize": "false"}, format="multipart")
    job = Job.objects.get()

    runner.run(job.pk)

    assert topics() == ["product.created", "version.created", "version.failed"]
    assert told(Topic.VERSION_FAILED) == {
        "version": 1,
        "task_id": str(job.pk),
        "error": {"code": "model-rejected"},
    }


def test_a_job_that_lost_its_lease_announces_nothing() -> None:
    job = Job.claim(a_job().pk)
    assert job is not None
    Job.objects.filter(pk=job.pk).update(token=uuid.uuid4())
    Announcement.objects.all().delete()

    assert not job.fail(ModelRejected("too late"))

    assert topics() == []


def test_a_change_names_the_fields_that_changed(calling: Caller) -> None:
    address = a_published_product()

    calling(Role.EDITOR).put(address, {"name": "Lounge chair", "tags": [], "alt": "A chair"})

    assert topics() == ["product.updated"]
    assert told(Topic.PRODUCT_UPDATED) == {"changed": ["alt", "name"]}


def test_a_change_to_what_it_is_already_is_no_news(calling: Caller) -> None:
    address = a_published_product()
    client = calling(Role.EDITOR)

    client.put(address, {"tags": [], "published": True})
    client.post(f"{address}versions/1/publish")

    assert topics() == []


def test_hiding_showing_and_deleting_are_each_told_once(calling: Caller) -> None:
    address = a_published_product()
    client = calling(Role.EDITOR)

    for wish in (False, False, True, True):
        client.patch(address, {"published": wish})
    answers = [client.delete(address).status_code for _ in range(2)]

    assert answers == [204, 404]
    assert topics() == ["product.unpublished", "product.published", "product.deleted"]


def test_what_is_undone_was_never_announced() -> None:
    product = a_product()
    before = topics()

    with transaction.atomic():
        announce(Topic.PRODUCT_UPDATED, product.pk, changed=["name"])
        transaction.set_rollback(True)

    assert topics() == before
