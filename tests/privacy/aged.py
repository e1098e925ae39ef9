"""For each rule, something that is too old for it and something that is not."""

import io
import json
import os
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import Settings

from tests.builders import a_product, a_user
from vitrine.access import chain, tokens
from vitrine.access.audit import AuditEntry, note, signed
from vitrine.access.models import Login
from vitrine.api.models import Repeat
from vitrine.catalog import files
from vitrine.catalog.announcements import Announcement, Topic
from vitrine.catalog.models import AssetVersion, Product
from vitrine.insight import days
from vitrine.insight.models import Event, Mark, Measure, ResponseTimes, TakenBatch, Visit
from vitrine.outreach.models import Delivery, Endpoint
from vitrine.pipeline.work import Format
from vitrine.privacy.models import Erasure, Export, RetentionRun
from vitrine.processing.models import Upload

AGES = (timedelta(days=4_000), timedelta(days=4_000), timedelta(minutes=1))
"""Two of each are too old, one is not."""


def ago(age: timedelta) -> datetime:
    return timezone.now() - age


def events() -> None:
    """Added up, and of days that have tables."""
    for age in AGES:
        Event.objects.create(
            product_id=uuid.uuid4(), view=uuid.uuid4(), kind="poster", at=ago(age), device="phone"
        )
    days.keep_ahead()
    Mark.objects.update_or_create(pk=1, defaults={"upto": 2**40})


def visits_and_batches() -> None:
    for age in AGES:
        Visit.objects.create(view=uuid.uuid4(), product_id=uuid.uuid4(), step="seen", at=ago(age))
        TakenBatch.objects.create(id=uuid.uuid4(), at=ago(age), accepted=1)


def measures() -> None:
    for span in ("hour", "day"):
        for age in AGES:
            about = {"family": "load", "device": "phone", "network": "", "told": {}}
            Measure.objects.create(product_id=uuid.uuid4(), span=span, start=ago(age), **about)
            ResponseTimes.objects.create(span=span, start=ago(age), kind="product", told={})


def logins() -> None:
    for age in AGES:
        login = tokens.login_of(tokens.begin(a_user()).access)
        Login.objects.filter(pk=login.pk).update(expires_at=ago(age) + timedelta(minutes=2))


def sessions() -> None:
    for age in AGES:
        store = SessionStore()
        store.create()
        Session.objects.filter(pk=store.session_key).update(expire_date=ago(age) + timedelta(minutes=2))


def audit_names() -> None:
    """And the entries themselves: two of them are old, and have their places before the others."""
    AuditEntry.objects.bulk_create(aged_entry(ago(age)) for age in AGES)
    chain.seal()


def aged_entry(at: datetime) -> AuditEntry:
    """As `note` would have written it then."""
    entry = note("product.updated", by=a_user(), changed=["name"])
    fresh = AuditEntry(**{one.attname: getattr(entry, one.attname) for one in AuditEntry._meta.fields})
    fresh.pk, fresh.at = uuid.uuid4(), at
    fresh.signature = signed_as(fresh)
    return fresh


def signed_as(entry: AuditEntry) -> str:
    return signed(entry.content())


def exports() -> None:
    for age in AGES:
        export = Export.objects.create(person=a_user(), asked_by=uuid.uuid4(), created_at=ago(age))
        files.store().put(export.key, io.BytesIO(b"PK"), media_type="application/zip")


def erasures() -> None:
    for age in AGES:
        done = {"at": ago(age), "done_at": ago(age)}
        Erasure.objects.create(person_id=uuid.uuid4(), asked_by=uuid.uuid4(), **done)
    Erasure.objects.create(person_id=uuid.uuid4(), asked_by=uuid.uuid4(), at=ago(AGES[0]))  # not done


def uploads() -> None:
    for age in AGES:
        upload = Upload.begin(None)
        files.store().put(files.incoming_key(upload.pk), io.BytesIO(b"bytes"), media_type="model/gltf-binary")
        Upload.objects.filter(pk=upload.pk).update(created_at=ago(age))


def deleted_products() -> None:
    for age in AGES:
        product = a_product()
        product.remove()
        Product.objects.filter(pk=product.pk).update(deleted_at=ago(age))


def old_versions() -> None:
    """Of three, one is published, one is the newest: the third may go."""
    for age in AGES:
        product = a_product(published=False)
        for _ in range(2):
            product.add_version(key=f"models/{product.pk}/x.glb", passed=True, **a_file())
        product.publish(AssetVersion.objects.get(product=product, number=1))
        AssetVersion.objects.filter(product=product).update(created_at=ago(age))


def a_file() -> dict[str, object]:
    return {"format": Format.GLB, "source_format": Format.GLB, "size": 1, "sha256": "0" * 64}


def announcements() -> None:
    """Each with a delivery; one that nobody has heard stays."""
    endpoint = Endpoint.objects.create(url="https://8.8.8.8/hook", sealed_secret="sealed")
    for age in AGES:
        heard = Announcement.objects.create(topic=Topic.PING, at=ago(age), heard_at=ago(age))
        Delivery.objects.create(announcement=heard, endpoint=endpoint)
    Announcement.objects.create(topic=Topic.PING, at=ago(AGES[0]))


def answers() -> None:
    for age in AGES:
        row = Repeat.objects.create(name=uuid.uuid4().hex, fingerprint="0" * 64)
        Repeat.objects.filter(pk=row.pk).update(created_at=ago(age))


def retention_runs() -> None:
    for number in (4_000, 4_001, 1):
        RetentionRun.objects.create(day=ago(timedelta(days=number)).date(), ended_at=timezone.now())


def logs() -> None:
    """One to be put aside, one that was, and one of today."""
    folder = settings.DATA_DIR / "logs"
    folder.mkdir(exist_ok=True)
    for name, age in (("web.log", AGES[0]), ("worker.log", AGES[2])):
        (folder / name).write_text(json.dumps({"timestamp": ago(age).isoformat()}) + "\n")
    aside = folder / "gone.log.1"
    aside.write_text("old\n")
    os.utime(aside, (0, 0))


KINDS: tuple[Callable[[], None], ...] = (
    *(
        events,
        visits_and_batches,
        measures,
        logins,
        sessions,
        audit_names,
        exports,
        erasures,
        uploads,
        deleted_products,
    ),
    *(old_versions, announcements, answers, retention_runs, logs),
)


def everything(chosen: Settings) -> None:
    """With every rule on."""
    chosen.AUDIT_KEPT_DAYS, chosen.OLD_VERSIONS_DAYS = 800, 100
    audit_names()  # before the others write entries
    for kind in KINDS:
        if kind is not audit_names:
            kind()
    chain.seal()
