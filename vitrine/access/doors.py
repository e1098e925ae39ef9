"""Every address, and what it takes to come in: the one list. A test fails for an address without a row.

`docs/permissions.md` is made of it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from vitrine.access.caller import Caller
from vitrine.access.roles import Action


class Open(StrEnum):
    """What takes no login."""

    ANYONE = "anyone"
    PUBLISHED = "published"  # anyone, for what is published; for the rest Action.READ, and 404 without it


Need: TypeAlias = Action | Open
_Row: TypeAlias = Mapping[str, Need]

_PRODUCT = "api/assets/3d/<uuid:product_id>"
_VERSION = f"{_PRODUCT}/versions/<int:number>"
_UPLOAD = "api/uploads/<uuid:upload_id>"  # nobody's but its sender's
_CAMPAIGN = "api/campaigns/<uuid:campaign_id>"
_WEBHOOK = "api/webhooks/<uuid:endpoint_id>"
_ADMIN_READS_AND_MAKES: _Row = {"GET": Action.ADMINISTER, "POST": Action.ADMINISTER}

DOORS: Mapping[str, _Row] = {
    # programs
    "api/assets/3d": {"GET": Action.READ, "POST": Action.WRITE},
    "api/assets/3d/bulk": {"POST": Action.WRITE},
    "api/assets/3d/deleted": {"GET": Action.READ},
    _PRODUCT: {"GET": Open.PUBLISHED, "PUT": Action.WRITE, "PATCH": Action.WRITE, "DELETE": Action.WRITE},
    f"{_PRODUCT}/optimize": {"POST": Action.WRITE},
    f"{_PRODUCT}/restore": {"POST": Action.WRITE},
    f"{_PRODUCT}/versions": {"GET": Action.READ, "POST": Action.WRITE},
    _VERSION: {"GET": Action.READ, "PATCH": Action.WRITE},
    f"{_VERSION}/report": {"GET": Action.READ},
    f"{_VERSION}/preview": {"GET": Action.READ},
    f"{_VERSION}/publish": {"POST": Action.WRITE},
    "api/uploads": {"GET": Action.READ, "POST": Action.WRITE},
    "api/uploads/known": {"GET": Action.READ},
    _UPLOAD: {"GET": Action.WRITE, "DELETE": Action.WRITE},
    f"{_UPLOAD}/parts/<int:number>": {"PUT": Action.WRITE},
    f"{_UPLOAD}/complete": {"POST": Action.WRITE},
    "api/views": {"GET": Action.READ, "POST": Action.WRITE},  # one's own and the team's
    "api/views/<uuid:view_id>": {"GET": Action.READ, "PATCH": Action.WRITE, "DELETE": Action.WRITE},
    "api/campaigns": {"GET": Action.READ, "POST": Action.WRITE},
    _CAMPAIGN: {"GET": Action.READ},
    f"{_CAMPAIGN}/items": {"GET": Action.READ},
    f"{_CAMPAIGN}/promote": {"POST": Action.WRITE},
    f"{_CAMPAIGN}/drop": {"POST": Action.WRITE},
    f"{_CAMPAIGN}/roll-back": {"POST": Action.WRITE},
    "api/tasks": {"GET": Action.READ},
    "api/tasks/stream": {"GET": Action.READ},
    "api/tasks/<uuid:task_id>": {"GET": Action.READ},
    f"{_PRODUCT}/analytics": {"GET": Action.ANALYZE},
    "api/analytics": {"GET": Action.ANALYZE},
    "api/analytics/<str:topic>": {"GET": Action.ANALYZE},
    "api/response-times": {"GET": Action.MEASURE},
    "api/events": {"POST": Open.ANYONE},
    "api/webhooks": _ADMIN_READS_AND_MAKES,
    _WEBHOOK: {
        "GET": Action.ADMINISTER,
        "PUT": Action.ADMINISTER,
        "PATCH": Action.ADMINISTER,
        "DELETE": Action.ADMINISTER,
    },
    f"{_WEBHOOK}/rotate": {"POST": Action.ADMINISTER},
    f"{_WEBHOOK}/test": {"POST": Action.ADMINISTER},
    f"{_WEBHOOK}/deliveries": {"GET": Action.ADMINISTER},
    f"{_WEBHOOK}/deliveries/<uuid:delivery_id>": {"GET": Action.ADMINISTER},
    f"{_WEBHOOK}/deliveries/<uuid:delivery_id>/redeliver": {"POST": Action.ADMINISTER},
    "api/audit": {"GET": Action.ADMINISTER},
    "api/auth/token": {"POST": Open.ANYONE},
    "api/auth/token/refresh": {"POST": Open.ANYONE},
    "api/auth/logout": {"POST": Open.ANYONE},
    "api/auth/logout/everywhere": {"POST": Action.OWN},
    "api/auth/me": {"GET": Action.IDENTIFY, "PATCH": Action.OWN},
    "api/auth/me/export": {"GET": Action.OWN, "POST": Action.OWN},
    "api/auth/me/export/file": {"GET": Action.OWN},
    "api/auth/password": {"POST": Action.OWN},
    "api/auth/second-factor": {"POST": Action.OWN, "DELETE": Action.OWN},
    "api/auth/second-factor/confirm": {"POST": Action.OWN},
    "api/auth/second-factor/codes": {"POST": Action.OWN},
    "api/keys": _ADMIN_READS_AND_MAKES,
    "api/keys/<uuid:key_id>": {"GET": Action.ADMINISTER, "DELETE": Action.ADMINISTER},
    "api/users": _ADMIN_READS_AND_MAKES,
    "api/users/<uuid:person_id>": {"GET": Action.ADMINISTER, "PATCH": Action.ADMINISTER},
    "api/users/<uuid:person_id>/export": _ADMIN_READS_AND_MAKES,
    "api/users/<uuid:person_id>/erase": {"POST": Action.ADMINISTER},
    "api/privacy": {"GET": Open.ANYONE},
    "api/privacy/retention": {"GET": Action.ADMINISTER},
    "api/users/<uuid:person_id>/invite": {"POST": Action.ADMINISTER},
    "api/branding": {"GET": Action.ADMINISTER, "PATCH": Action.ADMINISTER},
    "api/branding/logo": {"PUT": Action.ADMINISTER, "DELETE": Action.ADMINISTER},
    "api/schema": {"GET": Open.ANYONE},
    "api/docs": {"GET": Open.ANYONE},
    "docs/problems": {"GET": Open.ANYONE},
    "docs/problems/<slug:code>": {"GET": Open.ANYONE},
    "metrics": {"GET": Action.MEASURE},
    "health/live": {"GET": Open.ANYONE},
    "health/ready": {"GET": Open.ANYONE},
    # shoppers
    "p/<uuid:product_id>": {"GET": Open.PUBLISHED},
    "p/<uuid:product_id>/snippets": {"GET": Action.READ},
    "embed/<uuid:product_id>": {"GET": Open.ANYONE},  # what is not published is 404 there for everybody
    "oembed": {"GET": Open.ANYONE},
    "privacy": {"GET": Open.ANYONE},
    "files/<path:key>": {"GET": Open.PUBLISHED},
    "viewer/<path:name>": {"GET": Open.ANYONE},
    "branding/<str:name>": {"GET": Open.ANYONE},
    "ca.crt": {"GET": Open.ANYONE},
    # staff
    "": {"GET": Action.READ},
    "products/list": {"GET": Action.READ},
    "products/page": {"GET": Action.READ},
    "products/cards": {"GET": Action.READ},
    "products/matching": {"GET": Action.READ},
    "products/download": {"POST": Action.READ},
    "products/tags": {"GET": Action.READ},
    "products/deleted": {"GET": Action.READ},
    "products/deleted/<uuid:product_id>/poster": {"GET": Action.READ},
    "products/<uuid:product_id>/card": {"GET": Action.READ},
    "products/<uuid:product_id>": {"GET": Action.READ},
    "products/<uuid:product_id>/versions/<int:number>": {"GET": Action.READ},
    "products/<uuid:product_id>/changes": {"GET": Action.WRITE},
    "products/<uuid:product_id>/numbers": {"GET": Action.ANALYZE},
    "numbers": {"GET": Action.ANALYZE},
    "settings": {"GET": Action.OWN},
    "settings/account": {"GET": Action.OWN},
    "settings/people": {"GET": Action.ADMINISTER},
    "settings/people/<uuid:person_id>": {"GET": Action.ADMINISTER},
    "settings/keys": {"GET": Action.ADMINISTER},
    "settings/webhooks": {"GET": Action.ADMINISTER},
    "settings/webhooks/<uuid:endpoint_id>": {"GET": Action.ADMINISTER},
    "settings/audit": {"GET": Action.ADMINISTER},
    "settings/audit/export": {"GET": Action.ADMINISTER},
    "settings/storage": {"GET": Action.ADMINISTER},
    "settings/retention": {"GET": Action.ADMINISTER},
    "settings/branding": {"GET": Action.ADMINISTER},
    "campaigns": {"GET": Action.READ},
    "campaigns/<uuid:campaign_id>": {"GET": Action.READ},
    "login": {"GET": Open.ANYONE, "POST": Open.ANYONE},
    "login/code": {"GET": Open.ANYONE, "POST": Open.ANYONE},
    "login/sso": {"GET": Open.ANYONE},
    "login/sso/back": {"GET": Open.ANYONE},
    "password/forgotten": {"GET": Open.ANYONE, "POST": Open.ANYONE},
    "password/new": {"GET": Open.ANYONE, "POST": Open.ANYONE},
    "logout": {"POST": Open.ANYONE},
}
"""By route, as Django writes it, without the slash at its end. HEAD takes what GET takes, OPTIONS the least."""


def need_of(route: str, method: str) -> Need | None:
    """None when nothing stands there: the default is no."""
    row = DOORS.get(route.rstrip("/"), {})
    if method == "OPTIONS":
        return next((one for one in Open if one in row.values()), next(iter(row.values()), None))
    return row.get("GET" if method == "HEAD" else method)


def admits(need: Need | None, caller: Caller | None) -> bool:
    """Whether somebody may come in. What is PUBLISHED the view goes on to choose."""
    if isinstance(need, Action):
        return caller is not None and caller.may(need)
    return need is not None
