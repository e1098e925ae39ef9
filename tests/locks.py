"""Requests at once, each of them seen to wait for a lock of PostgreSQL before any goes on: no race hides in a pause."""

import threading
from collections.abc import Callable, Sequence

from django.db import connection, transaction


def together(work: Sequence[Callable[[], object]], hold: Callable[[], object]) -> None:
    """Do all of `work`, each in a thread, held up by the locks that `hold` takes until all wait for them."""

    def one(do: Callable[[], object]) -> None:
        try:
            do()
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(do,)) for do in work]
    with transaction.atomic():
        hold()
        for thread in threads:
            thread.start()
        _wait_until_waiting(len(threads))
    for thread in threads:
        thread.join()


def _wait_until_waiting(count: int) -> None:
    with connection.cursor() as cursor:
        for _ in range(3_000):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0] == count:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
            cursor.execute("SELECT pg_stat_clear_snapshot()")
    raise AssertionError(f"{count} threads never came to the lock")
