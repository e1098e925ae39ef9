"""`python -m vitrine.config.alive web|worker`: ends with 0 while this machine's web server or worker lives.

For a container's health check: the standard library only, since it is asked all day. It knows HOST and PORT as they
stand in the image, and nothing else of the environment.
"""

import http.client
import sys
import time
from pathlib import Path

from vitrine.config.environment import ENVIRONMENT

PULSE = "worker.pulse"
"""What a worker touches in DATA_DIR."""
PULSE_EVERY_S = 10.0
_LATE_S = 60.0
_TIMEOUT_S = 4


def web(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/health/live", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker(data_dir: Path) -> bool:
    """A worker whose loop hangs, or that has lost its broker for good, stops touching its file."""
    try:
        return time.time() - (data_dir / PULSE).stat().st_mtime < _LATE_S
    except FileNotFoundError:
        return False


def main(part: str) -> int:
    lives = {"web": lambda: web(ENVIRONMENT.port), "worker": lambda: worker(ENVIRONMENT.data_dir)}[part]()
    return 0 if lives else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
