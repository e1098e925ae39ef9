"""A database with seeded products and people, held until nobody needs it: `python -m bench.doors.hold COUNT`.

Says on its standard output where everything is, as one line of JSON, and ends with its standard input.
"""

import json
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from vitrine.config.environment import choose_settings

choose_settings()

import django  # noqa: E402  # the settings' name must stand before
import redis  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from vitrine.access import tokens  # noqa: E402
from vitrine.access.models import User  # noqa: E402
from vitrine.access.roles import Role  # noqa: E402
from vitrine.catalog.models import Product  # noqa: E402
from vitrine.config import embedded, seeding  # noqa: E402
from vitrine.config.up import collect_static_files  # noqa: E402

_PEOPLE = 50
_IDS = 500
_STOCK_LOGIN = find_spec("rest_framework_simplejwt") is not None


def main(count: int) -> None:
    call_command("migrate", interactive=False, verbosity=0)
    collect_static_files()
    if Product.objects.count() < count:
        seeding.seed(
            count, lambda there: print(f"  {there:,} of {count:,} products", file=sys.stderr, flush=True)
        )
    whole = Product.objects.filter(versions__variants__kind="thumbnail").exclude(published_version=None)
    tokens.ACCESS_LIFE = timedelta(days=1)  # a bench takes longer than a token lives
    people = [
        User.objects.get_or_create(username=f"bench-{number}", defaults={"role": Role.VIEWER})[0]
        for number in range(_PEOPLE)
    ]
    servers = embedded.ensure()
    told = {
        "ids": [str(one) for one in whole.order_by("created_at").values_list("pk", flat=True)[:_IDS]],
        "tokens": [tokens.begin(person).access for person in people],
        "stock_tokens": [_stock_token(person) for person in people] if _STOCK_LOGIN else [],
        "session": _session(),
        "database_url": servers.database_url,
        "redis_url": servers.redis_url,
        "servers": [_postmaster(), _valkey()],
    }
    connection.close()
    print(json.dumps(told), flush=True)
    sys.stdin.read()
    embedded.leave()


def _stock_token(person: User) -> str:
    from rest_framework_simplejwt.tokens import AccessToken  # noqa: PLC0415  # only the part `api` needs it

    token = AccessToken.for_user(person)
    token.set_exp(lifetime=timedelta(days=1))
    return str(token)


def _session() -> str:
    """The cookie of an admin who is logged in to the console."""
    admin, _ = User.objects.get_or_create(username="bench-admin", defaults={"role": Role.ADMIN})
    client = Client()
    client.force_login(admin)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])


def _valkey() -> int:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return int(client.info("server")["process_id"])


if __name__ == "__main__":
    main(int(sys.argv[1]))
