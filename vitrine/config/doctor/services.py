"""The services that we call: database, Redis, mail; and whether all have the same time."""

import time
from smtplib import SMTPException

import redis
from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis.backoff import NoBackoff
from redis.retry import Retry

from vitrine.config.doctor.finding import Finding, first_line

_LEAST_POSTGRESQL = 15
_CLOCK_WARNS_S, _CLOCK_FAILS_S = 2.0, 30.0
_DATABASE_AWAY = "The database does not answer, so this could not be asked."


def database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0]) // 10_000
            cursor.execute("CREATE TEMPORARY TABLE doctor (one int) ON COMMIT DROP")
    except DatabaseError as error:
        connection.close()
        return Finding.failing(
            first_line(error),
            "Is PostgreSQL running, and DATABASE_URL right (host, port, user, password, name)?",
        )
    if version < _LEAST_POSTGRESQL:
        return Finding.failing(
            f"PostgreSQL {version}; {_LEAST_POSTGRESQL} or newer is needed.", "Upgrade PostgreSQL."
        )
    return Finding.ok(f"PostgreSQL {version} takes statements.")


def migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        connection.close()
        return Finding.unasked(_DATABASE_AWAY)
    if plan:
        names = ", ".join(f"{one.app_label}.{one.name}" for one, _ in plan[:3])
        more = f" and {len(plan) - 3} more" if len(plan) > 3 else ""
        return Finding.failing(
            f"{len(plan)} migrations are not applied: {names}{more}.", "python manage.py migrate"
        )
    return Finding.ok("Every migration is applied.")


def redis_check() -> Finding:
    try:
        with _redis() as client:
            client.set("vitrine:doctor", "1", ex=10)
            kept = client.get("vitrine:doctor")
            about = client.info("server")
    except redis.RedisError as error:
        return Finding.failing(
            first_line(error),
            "Is Redis or Valkey running, and REDIS_URL right? Until then jobs start late and limits are kept by each "
            "process.",
        )
    if kept != b"1":
        return Finding.failing("It forgets at once what it is told.", "Give it memory (maxmemory).")
    version = about.get("valkey_version") or about.get("redis_version")
    return Finding.ok(f"Version {version} keeps what it is told.")


def clock() -> Finding:
    """Tokens, signatures and codes go by the time: machines must agree on it."""
    ahead = {}
    try:
        with connection.cursor() as cursor:
            asked = time.time()
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            ahead["the database"] = cursor.fetchone()[0] - (asked + time.time()) / 2
    except DatabaseError:
        connection.close()
    try:
        with _redis() as client:
            asked = time.time()
            seconds, microseconds = client.time()
            ahead["Redis"] = seconds + microseconds / 1e6 - (asked + time.time()) / 2
    except redis.RedisError:
        pass
    if not ahead:
        return Finding.unasked(
            "Neither the database nor Redis answers, so there is no clock to compare with."
        )
    return _compared(ahead)


def _compared(ahead: dict[str, float]) -> Finding:
    name, worst = max(ahead.items(), key=lambda one: abs(one[1]))
    if abs(worst) <= _CLOCK_WARNS_S:
        return Finding.ok(
            f"This machine and {' and '.join(ahead)} agree within {max(abs(worst), 0.001):.3f} s."
        )
    word = "ahead of" if worst > 0 else "behind"
    said, cure = f"{name} is {abs(worst):.1f} s {word} this machine.", "Set both clocks by NTP."
    return Finding.failing(said, cure) if abs(worst) > _CLOCK_FAILS_S else Finding.warning(said, cure)


def mail() -> Finding:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return Finding.unasked(
            "No EMAIL_URL: mails (invitations, forgotten passwords) are only written to the log."
        )
    server = get_connection()
    try:
        server.open()
    except (SMTPException, OSError) as error:
        return Finding.failing(
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}: {first_line(error)}",
            "Is EMAIL_URL right? smtp:// is STARTTLS (587), smtps:// TLS (465), smtp+plain:// neither.",
        )
    server.close()
    return Finding.ok(f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} lets us in; no mail was sent.")


def _redis() -> redis.Redis:
    once = {"socket_timeout": 3, "socket_connect_timeout": 3, "retry": Retry(NoBackoff(), 0)}
    return redis.Redis.from_url(settings.REDIS_URL, **once)
