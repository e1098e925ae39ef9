"""Makes the secrets of one installation: `python3 deploy/make_secrets.py assets.example.com`.

Random ones for deploy/compose.yaml, each in the file of the one service that reads it, for its owner's eyes alone, and
deploy/.env with the name that shoppers type. It never overwrites any, so it may run again. Needs nothing but Python.
"""

import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not _NAME.fullmatch(arguments[0]):
        print(__doc__)
        print("Give one name, without https:// and without a port, such as assets.example.com, or localhost.")
        return 2
    wanted = {DEPLOY / file: variables for file, variables in files(arguments[0]).items()}
    there = [file for file in wanted if file.exists()]
    if len(there) == len(wanted):
        print("All secrets are there already; nothing was changed.")
        return 0
    if there:
        # Half old and half new, the database would be locked with another password than the service knows.
        missing = ", ".join(str(file) for file in wanted if file not in there)
        print(
            f"Some secrets are there, and others are missing: {missing}. Bring these back from your backup."
        )
        return 1
    for file, variables in wanted.items():
        keep(file, variables)
        print(f"made {file}")
    return 0


def files(host: str) -> dict[str, Mapping[str, str]]:
    """File to what it says. Letters and digits alone, so that no address and no shell needs to escape them."""
    database, redis, secret = secrets.token_hex(24), secrets.token_hex(24), secrets.token_hex(32)
    access_key, key_secret = secrets.token_hex(10).upper(), secrets.token_hex(24)
    keys = {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": key_secret}
    return {
        ".env": {"VITRINE_HOST": host},
        "secrets/vitrine.env": {
            "SECRET_KEY": secret,
            "DATABASE_URL": f"postgresql://vitrine:{database}@postgres:5432/vitrine",
            "REDIS_URL": f"redis://:{redis}@valkey:6379/0",
            **keys,
        },
        "secrets/postgres.env": {"POSTGRES_PASSWORD": database},
        "secrets/valkey.env": {"REDISCLI_AUTH": redis},
        "secrets/s3.env": keys,
        "secrets/grafana.env": {"GF_SECURITY_ADMIN_PASSWORD": secrets.token_urlsafe(18)},
    }


def keep(file: Path, variables: Mapping[str, str]) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write("".join(f"{name}={value}\n" for name, value in variables.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
