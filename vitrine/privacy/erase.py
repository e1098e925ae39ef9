"""A person who logs in is erased: login, tokens, keys, sessions, second factor, counters. What they made stays, and is
nobody's; what they did stays in the audit log, by a number that leads to nobody.

First all that lets them in goes, in one short transaction with a row that says what is left to do. Then that is done,
in small batches; a worker finishes what was interrupted.
"""

import redis
import structlog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from vitrine.access import audit, limits
from vitrine.access.counting import counts
from vitrine.access.login import counted_as
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.catalog import files
from vitrine.errors import Broken, Conflict, NotFound
from vitrine.privacy.holdings import sessions_of
from vitrine.privacy.models import Erasure, folder_of
from vitrine.processing import upkeep
from vitrine.processing.models import Upload

log = structlog.get_logger()


def erase(person: User, *, by: User) -> Erasure:
    """Gone when this returns, but for what `done_at` None says is still to do. Conflict for the last active admin."""
    for upload in Upload.objects.filter(created_by=person):  # with their bytes, which take their time
        upkeep.forget(upload)
    erasure = _let_go(person, by)
    try:
        _finish(erasure)
    except (redis.RedisError, Broken) as error:
        log.warning("erasure_unfinished", person=str(erasure.pk), reason=type(error).__name__)
    return erasure


def finish_those_begun() -> int:
    """For a worker's round: what a dead process or an absent Redis left undone. How many were finished."""
    begun = list(Erasure.objects.filter(done_at=None).order_by("at")[:100])
    for erasure in begun:
        _finish(erasure)
    return len(begun)


def _let_go(person: User, by: User) -> Erasure:
    with transaction.atomic():
        # One at a time: of two admins who erase each other, one comes too late.
        admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").select_for_update()
        active = {admin.pk for admin in admins}
        locked = User.objects.select_for_update().filter(pk=person.pk).first()
        if locked is None:
            raise NotFound("This person was erased already.")
        if active == {locked.pk}:
            raise Conflict("This is the last active admin. Make somebody else an admin first.")
        audit.note("user.erased", target=locked, by=by)
        known = [counted_as(name) for name in (locked.username, locked.email) if name]
        known += [f"user {locked.pk}", *(f"key {key}" for key in locked.keys.values_list("pk", flat=True))]
        erasure = Erasure.objects.create(person_id=locked.pk, asked_by=by.pk, counted_as=known)
        sessions = [session.pk for session in sessions_of(locked.pk)]
        Session.objects.filter(pk__in=sessions).delete()
        Upload.objects.filter(created_by=locked).update(name="")  # begun in this moment: swept within a day
        locked.delete()
    log.info("person_erased", person=str(erasure.pk), by=str(by.pk))
    return erasure


def _finish(erasure: Erasure) -> None:
    """Again is harmless."""
    audit.forget_person(erasure.person_id)
    for name in erasure.counted_as:
        counts().forget(name)
        limits.forget(name)
    for key in list(files.store().keys(folder_of(erasure.person_id))):
        files.store().delete(key)
    erasure.counted_as, erasure.done_at = [], timezone.now()
    erasure.save(update_fields=["counted_as", "done_at"])
