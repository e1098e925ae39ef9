"""The stack and the service: each variable is read there, and the edge's function is the service's own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NODE, ROOT, Made

GIVEN: dict[str, Any] = json.loads((ROOT / "tests/catalog/signed_paths.json").read_text())
READING = """
import json, sys
from vitrine.config.environment import read_environment

class Asked(dict):
    names = set()
    def get(self, name, default=None):
        self.names.add(name)
        return super().get(name, default)

read_environment(Asked(json.load(sys.stdin)))
print(json.dumps(sorted(Asked.names)))
"""


def variables(made: Made) -> Iterator[tuple[str, dict[str, str]]]:
    """Of each task; secrets as they could be."""
    secrets = {
        "SECRET_KEY": "kH4vQ0mZ8yJ2rT6xB1nW5cL9sD3fG7pA0eU4iO8kM2qY6tRzVbNcMx",
        "DATABASE_URL": "postgresql://vitrine:p@db.example.com:5432/vitrine?sslmode=verify-full",
        "DATABASE_REPLICA_URL": "postgresql://vitrine:p@replica.example.com:5432/vitrine?sslmode=verify-full",
        "REDIS_URL": "rediss://:p@cache.example.com:6379/0",
        "EMAIL_URL": "smtp://user:password@mail.example.com:587",
    }
    for name, task in made.of("ECS::TaskDefinition").items():
        (container,) = task["ContainerDefinitions"]
        given = {one["Name"]: one["Value"] for one in container["Environment"]}
        texts = {key: value if isinstance(value, str) else "a-bucket" for key, value in given.items()}
        yield name, texts | {one["Name"]: secrets[one["Name"]] for one in container["Secrets"]}


def test_every_variable_is_read_and_believed_by_the_service(made: Made, tmp_path: Path) -> None:
    tasks = list(variables(made))
    assert len(tasks) == 6
    for name, given in tasks:
        said = given | {"DATA_DIR": str(tmp_path)}

        done = subprocess.run(
            [sys.executable, "-c", READING],
            input=json.dumps(said),
            env={"PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert set(said) <= set(json.loads(done.stdout)), name


# --- The edge's function -------------------------------------------------------------------------------------------

AT_THE_EDGE = """
const [code, now, paths] = JSON.parse(require("fs").readFileSync(0, "utf8"));
Date.now = () => now * 1000;
const handler = new Function("require", code + "; return handler;")((name) => {
  if (name !== "crypto") throw new Error(name);
  return { createHmac: require("crypto").createHmac };
});
const requested = (path) => ({ request: { method: "GET", uri: path, querystring: {} } });
process.stdout.write(JSON.stringify(paths.map((path) => handler(requested(path)))));
"""


def at_the_edge(code: str, paths: list[str]) -> list[dict[str, Any]]:
    asked = json.dumps([code, GIVEN["now"], paths])
    done = subprocess.run([NODE, "-e", AT_THE_EDGE], input=asked, capture_output=True, text=True, check=True)
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


@pytest.fixture
def deployed(medium: Made) -> str:
    (function,) = medium.of("CloudFront::Function").values()
    assert function["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    code: str = function["FunctionCode"]
    return code


def test_what_is_deployed_is_the_file_of_the_checkout(deployed: str) -> None:
    assert deployed == (ROOT / "deploy/cdn/signed_files.js").read_text()
    assert len(deployed.encode()) < 10 * 1024  # CloudFront takes no more


def test_without_keys_it_lets_nobody_through(deployed: str) -> None:
    answers = at_the_edge(deployed, [f"/files/{one['path']}" for one in GIVEN["vectors"]])

    assert {answer["statusCode"] for answer in answers} == {404}


def test_with_keys_it_reads_each_path_as_the_service_does(deployed: str) -> None:
    with_keys = deployed.replace("const KEYS = {};", f"const KEYS = {json.dumps(GIVEN['keys'])};", 1)

    answers = at_the_edge(with_keys, [f"/files/{one['path']}" for one in GIVEN["vectors"]])

    expected = [f"/{one['key']}" if one["key"] else 404 for one in GIVEN["vectors"]]
    assert [answer.get("uri") or answer["statusCode"] for answer in answers] == expected
    assert len(expected) > 10
