"""Files packed with brotli for the wire: once, and only where it is worth it."""

import random
import subprocess
from pathlib import Path

import pytest

from vitrine.pipeline.engine import WHEEL_NODE, Engine
from vitrine.pipeline.packing import pack


@pytest.fixture
def job(tmp_path: Path) -> Path:
    (tmp_path / "job").mkdir()
    return tmp_path / "job"


def unpacked(path: Path) -> bytes:
    code = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(0)))"
    return subprocess.run(
        [WHEEL_NODE, "-e", code], input=path.read_bytes(), capture_output=True, check=True
    ).stdout


def test_what_shrinks_is_packed_and_what_does_not_is_left(job: Path) -> None:
    plain, noise = job / "web.glb", job / "noise.glb"
    plain.write_bytes(b"the same again " * 10_000)
    noise.write_bytes(random.Random(1).randbytes(100_000))  # noqa: S311 -- the same every time

    packed = pack(Engine(), [plain, noise], folder=job)

    assert list(packed) == [plain]
    assert packed[plain].stat().st_size < plain.stat().st_size * 0.9
    assert unpacked(packed[plain]) == plain.read_bytes()
    assert {path.name for path in job.iterdir()} == {"web.glb", "noise.glb", packed[plain].name}


def test_nothing_to_pack_starts_nothing(job: Path) -> None:
    assert pack(Engine(node=Path("/nowhere")), [], folder=job) == {}
