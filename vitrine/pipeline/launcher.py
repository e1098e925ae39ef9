"""A child's first moments: `python -I -S launcher.py ORDER PROGRAM ARGUMENT…`. Standard library only.

Takes away what the program must not have, then becomes it. A program of its own, since code between fork and
exec in a process with threads can lock up. Speaks on stderr only where the kernel forbids something: one JSON
line `{"notice": code, "detail": text}`. Exit code 125: it could not become the program.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

_SET_PARENT_DEATH_SIGNAL = 1  # prctl's numbers, from linux/prctl.h
_SET_NO_NEW_PRIVILEGES = 38
_NEW_USER = 0x10000000  # unshare's flags, from linux/sched.h
_NEW_NETWORK = 0x40000000
_CANNOT_START = 125


def main(order: dict[str, Any], argv: list[str]) -> None:
    """`order`: parent, uid (or null), limits {name: value}, network (bool)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not order["network"]:
        _leave_network(libc)
    if order["uid"] is not None:
        os.setgroups([])
        os.setresgid(order["uid"], order["uid"], order["uid"])
        os.setresuid(order["uid"], order["uid"], order["uid"])
    for name, value in order["limits"].items():
        _limit(getattr(resource, name), value)
    libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # After the change of user, which would clear it. A parent that has died meanwhile is noticed below.
    libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != order["parent"]:
        sys.exit(_CANNOT_START)
    try:
        os.execv(argv[0], argv)  # noqa: S606  # no shell is what is wanted
    except OSError as error:
        _say("cannot-start", f"{argv[0]}: {error.strerror}")
        sys.exit(_CANNOT_START)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _leave_network(libc: ctypes.CDLL) -> None:
    """An empty network of its own. An ordinary user needs a user namespace for it."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_NETWORK) == 0:
        return
    if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        _say("network-open", f"The kernel gives no network namespace: {os.strerror(ctypes.get_errno())}.")
        return
    try:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    except OSError as error:
        _say("user-unmapped", f"The kernel maps no user in the namespace: {error.strerror}.")


def _say(code: str, detail: str) -> None:
    sys.stderr.write(json.dumps({"notice": code, "detail": detail}) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
