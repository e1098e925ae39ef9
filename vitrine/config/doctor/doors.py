"""Whether somebody answers where we should be reached, whether a worker lives, and settings that look odd together."""

from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from vitrine.config.celery import app
from vitrine.config.doctor.asking import Unreachable, ask
from vitrine.config.doctor.finding import Finding, first_line
from vitrine.config.environment import ENVIRONMENT
from vitrine.config.up import answers, own_url

_WORKERS_ANSWER_WITHIN_S = 2.0


def settings_check() -> Finding:
    odd = [
        *(["DEBUG=1 shows tracebacks to everyone"] if settings.DEBUG else []),
        *(["RATE_LIMITS=0 lets anybody ask as often as they like"] if not settings.RATE_LIMITS else []),
        *(
            [
                "PUBLIC_URL is https, so a proxy stands before us, but TRUSTED_PROXIES is 0: all callers count as one"
            ]
            if (settings.PUBLIC_URL or "").startswith("https://") and not settings.TRUSTED_PROXIES
            else []
        ),
    ]
    if odd:
        return Finding.warning("; ".join(odd) + ".", "See docs/operations.md, Settings.")
    return Finding.ok("Nothing odd.")


def web() -> Finding:
    if settings.PUBLIC_URL is None:
        url = own_url(ENVIRONMENT)
        if answers(ENVIRONMENT):
            return Finding.ok(f"{url} answers.")
        return Finding.failing(
            f"Nothing answers at {url}.", "Start it: make run. It says what keeps it from starting."
        )
    try:
        said = ask("GET", f"{settings.PUBLIC_URL}/health/live")
    except Unreachable as error:
        return Finding.failing(
            str(error), "Is PUBLIC_URL right, the web server running, and the proxy before it?"
        )
    if said.status != 200:
        return Finding.failing(
            f"{settings.PUBLIC_URL}/health/live answered {said.status}.",
            "Does the proxy lead to Vitrine, and is the host's name in ALLOWED_HOSTS?",
        )
    return Finding.ok(f"{settings.PUBLIC_URL} answers.")


def worker() -> Finding:
    try:
        found = app.control.inspect(timeout=_WORKERS_ANSWER_WITHIN_S).ping() or {}
    except (OperationalError, RedisError, OSError) as error:
        return Finding.unasked(f"Redis does not answer, so no worker can be asked: {first_line(error)}")
    if not found:
        return Finding.failing(
            "No worker answers: uploads are taken, but none becomes ready.",
            "Start one: make run does, or `celery -A vitrine.config.celery worker`.",
        )
    return Finding.ok(f"{len(found)} {'worker answers' if len(found) == 1 else 'workers answer'}.")
