"""Our settings, middleware and access log with the addresses of `stock.py`."""

from vitrine.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.doors.stock"
