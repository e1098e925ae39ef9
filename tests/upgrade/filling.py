"""An installation with every kind of row, as a state that later versions must be able to take over."""

import hashlib
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from tests.builders import PASSWORD, a_product, a_user
from tests.privacy import aged
from vitrine.access import chain
from vitrine.access.models import ApiKey, Identity, SecondFactor
from vitrine.access.roles import Role, Scope
from vitrine.catalog import branding, files, saved
from vitrine.catalog.models import Product
from vitrine.insight.models import TakenLog
from vitrine.pipeline.work import Kind
from vitrine.processing.models import Campaign, CampaignItem, Job
from vitrine.storage.blobs import Key

_KINDS = (
    *(aged.events, aged.visits_and_batches, aged.measures, aged.logins, aged.sessions, aged.exports),
    *(aged.erasures, aged.uploads, aged.announcements, aged.answers, aged.retention_runs),
)
_LEFT_EMPTY = {"auth.Group", "access.AuditCut"}  # a cut would have to be true


def fill() -> dict[str, Any]:
    """What somebody who knew it would ask for later, as JSON."""
    admin = a_user(Role.ADMIN, with_password=True, username="ada", email="ada@example.com")
    for role in (Role.EDITOR, Role.VIEWER):
        a_user(role)
    product = a_product(
        variants=(Kind.WEB, Kind.ANDROID, Kind.POSTER),
        name="Stühle 椅子",
        alt="A chair",
        tags=["oak", "old"],
        metadata={"sku": "00123", "dimensions_m": [0.6, 0.9, 0.6]},
        created_by=admin,
    )
    hidden = a_product(published=False, name="Hidden")
    _around(product)
    for kind in _KINDS:
        kind()
    _, key = ApiKey.issue(
        admin,
        name="A shop",
        scopes=[Scope.ASSETS_READ],
        expires_at=timezone.now() + timedelta(days=36_500),
    )
    SecondFactor.objects.create(person=a_user(), sealed="sealed", recovery=["0" * 64])
    Identity.objects.create(person=admin, issuer="https://id.example.com", subject="ada")
    saved.save(by=admin, name="Oak", query="q=oak", shared=True)
    branding.change(admin, name="Möbel", accent="#336699")
    chain.seal()
    _check_that_nothing_is_left_out()
    return {
        "username": admin.username,
        "password": PASSWORD,
        "api_key": key,
        "product": str(product.pk),
        "hidden": str(hidden.pk),
        "files": {key: _sha256(key) for key in sorted(files.store().keys("models/"))},
    }


def _around(product: Product) -> None:
    """What was done with it."""
    version = product.shown_version
    for state, options in (("done", {"quality": 0.98}), ("failed", {})):
        Job.objects.create(
            version=version, recipe="standard", options=options, options_key=state * 8, state=state
        )
    campaign = Campaign.objects.create(name="Smaller", wishes={"quality": 0.97})
    CampaignItem.objects.create(campaign=campaign, product=product, before=version)
    TakenLog.objects.create(digest="0" * 64)


def _check_that_nothing_is_left_out() -> None:
    empty = {
        model._meta.label for model in apps.get_models() if not model._default_manager.exists()
    } - _LEFT_EMPTY
    assert not empty, f"no rows of {', '.join(sorted(empty))}: add some to tests/upgrade/filling.py"


def _sha256(key: Key) -> str:
    return hashlib.sha256(b"".join(files.store().open(key))).hexdigest()
