"""`python -I -S measure.py LOG PROGRAM ARGUMENT…`: run a program and say, as one JSON line, what it took.

A small process of its own: Linux counts the memory of whoever starts a program into that program's peak, and the
bench itself is large. What the program says goes to LOG. Standard library only.
"""

import json
import os
import subprocess
import sys
import time

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def main(log: str, argv: list[str]) -> None:
    started = time.monotonic()
    with open(log, "wb") as said:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
    took = {
        "returncode": os.waitstatus_to_exitcode(status),
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": time.monotonic() - started,
        "peak_bytes": used.ru_maxrss * MAXRSS_UNIT,
    }
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
