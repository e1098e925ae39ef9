"""`manage.py doctor`: everything a deployment stands on, really tried, and what to do about what does not hold."""

from collections.abc import Callable

from vitrine.config.doctor import doors, files, programs, services
from vitrine.config.doctor.finding import Finding, State

__all__ = ["CHECKS", "Finding", "State", "examine"]

CHECKS: dict[str, Callable[[], Finding]] = {
    "settings": doors.settings_check,
    "database": services.database,
    "migrations": services.migrations,
    "redis": services.redis_check,
    "clock": services.clock,
    "store": files.store,
    "signatures": files.signatures,
    "cors": files.cors,
    "cdn": files.cdn,
    "mail": services.mail,
    "chromium": programs.chromium,
    "node": programs.node,
    "disk": programs.disk,
    "web": doors.web,
    "worker": doors.worker,
}


def examine(part: str) -> Finding:
    """One part. A check that breaks is a finding, too: the others are still to be made."""
    try:
        return CHECKS[part]()
    except Exception as error:  # noqa: BLE001  # the outermost edge of a check
        return Finding.failing(
            f"The check itself broke: {type(error).__name__}: {error}",
            "See what it says; if it makes no sense, report it.",
        )
