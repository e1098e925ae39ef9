"""deploy/Dockerfile, compose.yaml and Kubernetes' objects agree with the code and with each other.
`make deployment` lints them, and `make images` builds and runs them.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.stack import DEPLOY, env_file, instructions, services
from vitrine.config.environment import ROOT, read_environment

SERVICES = services({"VITRINE_HOST": "assets.example.com"})
OURS = ("web", "worker", "prepare")
BASE = DEPLOY / "kubernetes" / "base"
KNOWN = set(re.findall(r'"([A-Z][A-Z0-9_]{3,})"', (ROOT / "vitrine/config/environment.py").read_text())) | {
    "HOST"
}


def objects() -> list[dict[str, Any]]:
    files = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    return [one for file in files for one in yaml.safe_load_all((BASE / file).read_text())]


def of_kind(*kinds: str) -> Iterator[dict[str, Any]]:
    return (one for one in objects() if one["kind"] in kinds)


def pods() -> Iterator[dict[str, Any]]:
    return (one["spec"]["template"] for one in of_kind("Deployment", "Job"))


# --- The images ------------------------------------------------------------------------------------------------------


def test_every_file_that_the_recipe_copies_is_there_and_reaches_the_builder() -> None:
    copied = [said.split()[:-1] for name, said in instructions() if name == "COPY" and "--from" not in said]
    sources = {source for one in copied for source in one}
    let_through = {
        line[1:].split("/*")[0]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line[:1] == "!"
    }

    assert {"requirements.txt", "vitrine", "engine", "viewer/package.json"} <= sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [
        source
        for source in sources
        if not any(source == one or source.startswith(f"{one}/") for one in let_through)
    ] == []


def test_images_run_as_nobody_in_particular_by_a_number() -> None:
    users = [said for name, said in instructions() if name == "USER"]

    assert users == ["10001:10001", "0:0", "10001:10001"]  # the middle one installs Chromium


def test_what_images_set_is_known_to_the_settings_and_no_secret() -> None:
    told = " ".join(said for name, said in instructions() if name in {"ENV", "ARG"})
    names = set(re.findall(r"\b([A-Z][A-Z_]+)=", told))
    others = {"PYTHON_IMAGE", "VERSION", "REVISION", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    others |= {"PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR"}

    assert names - others <= KNOWN
    assert not [name for name in names if re.search("SECRET|PASSWORD|TOKEN", name)]


# --- compose.yaml ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined_limited_and_looked_after(name: str) -> None:
    service = SERVICES[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["pids_limit"] > 0
    assert "healthcheck" in service or name in {"web", "worker"}  # theirs stand in the Dockerfile
    assert not service["image"].endswith(":latest")
    assert ":" in service["image"] or "build" in service or name == "prepare"


def test_only_caddy_listens_to_the_outside() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert ports.keys() == {"caddy", "grafana"}
    assert ports["grafana"] == ["127.0.0.1:3000:3000"]


def test_databases_and_files_have_no_way_out() -> None:
    networks = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["networks"]

    assert networks["inside"] == {"internal": True}
    assert [SERVICES[name]["networks"] for name in ("postgres", "valkey", "s3", "prepare")] == [
        ["inside"]
    ] * 4


def test_mounted_files_are_there() -> None:
    mounted = [one.split(":")[0] for service in SERVICES.values() for one in service.get("volumes", [])]
    files = [one for one in mounted if one.startswith("./")]

    assert len(files) >= 4
    assert [file for file in files if not (DEPLOY / file).exists()] == []


def test_secrets_are_made_at_random_once_and_fit_what_reads_them(tmp_path: Path) -> None:
    (tmp_path / "make_secrets.py").write_bytes((DEPLOY / "make_secrets.py").read_bytes())

    def made(host: str = "assets.example.com") -> int:
        command = [sys.executable, str(tmp_path / "make_secrets.py"), host]
        return subprocess.run(command, check=False, capture_output=True).returncode

    first = made()
    files = {file: file.read_bytes() for file in (tmp_path / "secrets").iterdir()}
    again = made()
    ours = env_file(tmp_path / "secrets/vitrine.env")
    named = {one for service in SERVICES.values() for one in service.get("env_file", [])}
    environment = read_environment(
        SERVICES["web"]["environment"] | ours | {"DATA_DIR": str(tmp_path / "data")}
    )
    refused = made("https://assets.example.com")
    (tmp_path / "secrets/s3.env").unlink()

    assert (first, again, refused, made()) == (0, 0, 2, 1)
    assert {f"secrets/{file.name}" for file in files} == named
    assert {file.stat().st_mode & 0o777 for file in files if file.exists()} == {0o600}
    assert {file: file.read_bytes() for file in files if file.exists()}.items() <= files.items()
    assert environment.secret_key == ours["SECRET_KEY"]
    assert env_file(tmp_path / "secrets/postgres.env")["POSTGRES_PASSWORD"] in ours["DATABASE_URL"]
    assert ours.keys() | SERVICES["worker"]["environment"].keys() <= KNOWN


# --- Kubernetes ------------------------------------------------------------------------------------------------------


def test_pods_run_without_any_rights() -> None:
    for pod in pods():
        spec, container = pod["spec"], pod["spec"]["containers"][0]

        assert (spec["securityContext"]["runAsNonRoot"], spec["securityContext"]["runAsUser"]) == (
            True,
            10001,
        )
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]) == {"requests", "limits"}
        assert {one["mountPath"] for one in container["volumeMounts"]} == {"/data", "/tmp"}  # noqa: S108  # theirs


def test_whatever_selects_pods_finds_some() -> None:
    labels = [pod["metadata"]["labels"] | {"app.kubernetes.io/name": "vitrine"} for pod in pods()]
    selectors = [one["spec"]["podSelector"]["matchLabels"] for one in of_kind("NetworkPolicy")]
    selectors += [one["spec"]["selector"] for one in of_kind("Service")]
    kinds = ("Deployment", "PodDisruptionBudget")
    selectors += [one["spec"]["selector"]["matchLabels"] for one in of_kind(*kinds)]

    assert len(selectors) == 8
    assert [one for one in selectors if not any(one.items() <= found.items() for found in labels)] == []


def test_settings_are_known_and_no_secret_stands_in_a_file() -> None:
    settings: Mapping[str, str] = next(of_kind("ConfigMap"))["data"]

    assert settings.keys() <= KNOWN
    assert list(of_kind("Secret")) == []
