"""`make reset`: start over. Runs without Django, so that it also helps where nothing starts any more."""

import shutil
import sys

from vitrine.config.embedded.home import forget, home_of
from vitrine.config.embedded.users import is_kept
from vitrine.config.environment import ENVIRONMENT, Environment
from vitrine.config.fault import SetupFault
from vitrine.config.only_one import only_one
from vitrine.config.progress import say

_SERVERS = ("postgres", "valkey")
_OURS = ("files", "static", "logs", "demo", "tls", "secret_key", "up.lock", "restoring")
"""Nothing else is deleted: DATA_DIR may have been set to a folder that holds more than ours."""


def reset(environment: Environment) -> None:
    """Delete what Vitrine keeps in DATA_DIR. Refuses while anybody uses it."""
    data_dir = environment.data_dir
    with only_one(data_dir):
        for server in _SERVERS:
            if (data_dir / server).exists() and is_kept(home_of(server, data_dir)):
                raise SetupFault(f"Something still uses the database in '{data_dir}': end it first.")
        for server in _SERVERS:
            forget(server, data_dir)
        for name in _OURS:
            path = data_dir / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def main(environment: Environment = ENVIRONMENT) -> None:
    say(f"This deletes all products, files, people and logs in '{environment.data_dir}'.")
    elsewhere = {
        "DATABASE_URL": environment.database_url,
        "REDIS_URL": environment.redis_url,
        "AWS_BUCKET_NAME": environment.aws_bucket_name,
    }
    for name in (name for name, value in elsewhere.items() if value):
        say(f"What {name} names lies elsewhere and is left alone.")
    sys.stdout.write("Type yes to go on: ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        sys.exit("Nothing was deleted.")
    reset(environment)
    say("Deleted. `make run` starts afresh.")


if __name__ == "__main__":
    try:
        main()
    except SetupFault as fault:
        sys.exit(str(fault))
