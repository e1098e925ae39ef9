"""A process as a service of compose.yaml is run: its image's files, read-only, an unprivileged user without any
rights, and nothing to write to but its tmpfs and volumes. Needs root, and util-linux.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_INSIDE = """
set -eu
root=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind /etc/hosts "$root/etc/hosts"
for one in $VOLUMES; do mount --bind "${one%%:*}" "$root${one#*:}"; done
mount -o remount,bind,ro "$root"
for one in $TMPFS; do mount -t tmpfs -o "${one#*:}" tmpfs "$root${one%%:*}"; done
exec chroot "$root" setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all \\
    --inh-caps=-all -- env -i -C /app "$@"
"""


def start(
    root: Path,
    service: Mapping[str, Any],
    *,
    command: Sequence[str],
    environment: Mapping[str, str],
    volumes: Mapping[Path, str],
    log: Path,
) -> subprocess.Popen[bytes]:
    """`command` with `environment`, both as the image and compose.yaml say; `volumes`: host's folder to path."""
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    given = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "TMPFS": " ".join(service["tmpfs"]),
        "VOLUMES": " ".join(f"{source}:{target}" for source, target in volumes.items()),
    }
    pairs = [f"{name}={value}" for name, value in environment.items()]
    with log.open("ab") as out:
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", _INSIDE, "sh", str(root), *pairs, *command],
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
