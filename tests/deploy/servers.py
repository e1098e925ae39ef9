"""The servers that compose.yaml puts beside web and worker, here for real, started as it says wherever it can be."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.deploy.stack import DEPLOY, env_file
from vitrine.config.embedded.postgres import Postgres
from vitrine.config.embedded.valkey import Valkey

BIN = Path(sys.executable).parent


def postgres(folder: Path, secrets: Path) -> subprocess.Popen[bytes]:
    """With the password that make_secrets.py made, asked for on every connection."""
    server, account = Postgres(folder), pwd.getpwnam("daemon")
    password, cluster = folder / "password", folder / "cluster"
    password.write_text(env_file(secrets / "postgres.env")["POSTGRES_PASSWORD"])
    cluster.mkdir()
    for path in (password, cluster):
        os.chown(path, account.pw_uid, account.pw_gid)
    who: dict[str, Any] = {"user": "daemon", "group": account.pw_gid, "extra_groups": [], "cwd": "/"}
    made = ["-D", str(cluster), "-U", "vitrine", "--auth=scram-sha-256", f"--pwfile={password}"]
    subprocess.run([str(server.bin / "initdb"), *made], check=True, stdout=subprocess.DEVNULL, **who)
    single = [str(server.bin / "postgres"), "--single", "-D", str(cluster), "postgres"]
    subprocess.run(single, input=b"CREATE DATABASE vitrine;\n", check=True, stdout=subprocess.DEVNULL, **who)
    listens = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={server.socket_folder}"]
    return _started([str(server.bin / "postgres"), "-D", str(cluster), *listens], folder / "log", **who)


def valkey(folder: Path, service: Mapping[str, Any], secrets: Path) -> subprocess.Popen[bytes]:
    (folder / "valkey-server").symlink_to(Valkey(folder).program)
    given = {**env_file(secrets / "valkey.env"), "PATH": f"{folder}:/usr/bin:/bin"}
    return _started(service["command"], folder / "log", env=given, cwd=folder)


def s3(folder: Path, service: Mapping[str, Any], secrets: Path) -> subprocess.Popen[bytes]:
    (folder / "bucket").mkdir()
    command = [one.replace("-dir=/bucket", f"-dir={folder}/bucket") for one in service["command"]]
    given = {**env_file(secrets / "s3.env"), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return _started([str(BIN / "weed"), *command], folder / "log", env=given, cwd=folder)


def caddy(folder: Path, service: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    given = {
        **service["environment"],
        "XDG_DATA_HOME": str(folder),
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
    }
    # As on any machine: its own authority for localhost is not made known to this machine's browsers.
    config = folder / "Caddyfile"
    text = (DEPLOY / "caddy" / "Caddyfile").read_text()
    config.write_text(text.replace("{\n", "{\n\tskip_install_trust\n", 1))
    command = [str(BIN / "caddy"), "run", "--config", str(config), "--adapter", "caddyfile"]
    return _started(command, folder / "log", env=given)


def _started(command: list[str], log: Path, **options: Any) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, **options
        )


def copied_secrets(folder: Path) -> Path:
    """deploy/ in a folder of its own, with its secrets made there."""
    shutil.copy(DEPLOY / "make_secrets.py", folder / "make_secrets.py")
    subprocess.run(
        [sys.executable, str(folder / "make_secrets.py"), "localhost"], check=True, stdout=subprocess.DEVNULL
    )
    return folder / "secrets"
