"""Python's side of the engine: what its ends mean, and what it may not do."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.gltf_builders import a_ball, a_plain_ball
from tests.pipeline.cooking import keeps_to
from vitrine.errors import EngineFailed, ModelRejected
from vitrine.pipeline.engine import Engine
from vitrine.pipeline.limits import ENGINE

ENGINE_FOLDER = Engine().folder


def pretender(folder: Path, code: str) -> Engine:
    """An engine whose program is `code`."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "cli.ts").write_text(code)
    return Engine(folder=folder)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    (tmp_path / "job").mkdir()
    return tmp_path / "job"


def test_its_versions_name_node_and_every_library() -> None:
    versions = Engine().versions()

    assert versions["node"].startswith("24.")
    assert {"engine", "sharp", "gltfpack", "gltf-validator", "@gltf-transform/core"} <= set(versions)


def test_a_report_comes_back_with_what_it_took(job: Path) -> None:
    source = job / "ball.glb"
    source.write_bytes(a_plain_ball().bytes())
    order = {"source": str(source), "reads": [str(source)]}

    report = Engine().inspect(order, folder=job)

    keeps_to("inspect_order", order)
    keeps_to("inspect_report", report)
    assert report["child"]["cpu_s"] > 0


def test_exit_code_2_is_the_models_fault(tmp_path: Path, job: Path) -> None:
    engine = pretender(
        tmp_path / "engine",
        "console.log(JSON.stringify({code: 'x', detail: 'It is broken.'})); process.exitCode = 2",
    )

    with pytest.raises(ModelRejected, match=r"It is broken\."):
        engine.run("convert", {}, folder=job)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("process.exit(1)", "exit code 1"),
        ("throw new Error('out of luck')", "exit code 1"),
        ("process.kill(process.pid, 'SIGKILL')", "SIGKILL"),
        ("console.log('no json')", "not JSON"),
    ],
)
def test_any_other_end_is_ours(code: str, told: str, tmp_path: Path, job: Path) -> None:
    with pytest.raises(EngineFailed, match=told):
        pretender(tmp_path / "engine", code).run("convert", {}, folder=job)


def test_a_hanging_engine_is_ended(tmp_path: Path, job: Path) -> None:
    engine = pretender(tmp_path / "engine", "setInterval(() => {}, 1000)")

    with pytest.raises(EngineFailed, match="its time limit"):
        engine.run("convert", {}, folder=job, caps=replace(ENGINE, wall_s=3))


@pytest.mark.parametrize(
    "code",
    [
        "const all = []; for (;;) all.push(Buffer.alloc(50_000_000, 1))",
        "const all = []; for (;;) all.push(new Array(1_000_000).fill(0).map((_, at) => ({ at })))",
    ],
)
def test_a_model_that_takes_too_much_memory_is_refused_naming_the_limit(
    code: str, tmp_path: Path, job: Path
) -> None:
    with pytest.raises(ModelRejected, match="needed more than its limit of 1000000000 bytes of memory"):
        pretender(tmp_path / "engine", code).run(
            "convert", {}, folder=job, caps=replace(ENGINE, memory_bytes=10**9)
        )


def test_a_model_that_takes_too_much_cpu_time_is_refused_naming_the_limit(tmp_path: Path, job: Path) -> None:
    engine = pretender(tmp_path / "engine", "for (;;);")

    with pytest.raises(ModelRejected, match="used more than its limit of 1 s of CPU time"):
        engine.run("convert", {}, folder=job, caps=replace(ENGINE, cpu_s=1))


def test_it_reads_nothing_outside_its_job(tmp_path: Path, job: Path) -> None:
    code = "import { readFileSync } from 'node:fs'; readFileSync('/etc/passwd')"

    with pytest.raises(EngineFailed, match="exit code 1"):
        pretender(tmp_path / "engine", code).run("convert", {}, folder=job)


def test_it_writes_nothing_outside_its_job(tmp_path: Path, job: Path) -> None:
    target = tmp_path / "outside"
    code = f"import {{ writeFileSync }} from 'node:fs'; writeFileSync({str(target)!r}, 'x')"

    with pytest.raises(EngineFailed):
        pretender(tmp_path / "engine", code).run("convert", {}, folder=job)

    assert not target.exists()


def test_it_starts_no_other_program(tmp_path: Path, job: Path) -> None:
    code = "import { execSync } from 'node:child_process'; execSync('true')"

    with pytest.raises(EngineFailed):
        pretender(tmp_path / "engine", code).run("convert", {}, folder=job)


def test_progress_is_told_at_least_once_a_second(tmp_path: Path, job: Path) -> None:
    code = (
        'process.stderr.write(\'{"progress":0.4,"doing":"textures"}\\n\');'
        "setTimeout(() => console.log('{}'), 3500)"
    )
    told: list[tuple[float, float]] = []

    pretender(tmp_path / "engine", code).run(
        "convert", {}, folder=job, note=lambda part: told.append((time.monotonic(), part))
    )

    assert {part for _, part in told[1:]} == {0.4}
    assert len(told) >= 3


def test_its_process_can_be_found_by_its_name(tmp_path: Path, job: Path) -> None:
    names: list[str] = []

    def look(_: float) -> None:
        names.extend(_command_line(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())

    pretender(tmp_path / "engine", "setTimeout(() => console.log('{}'), 2500)").run(
        "optimize", {}, folder=job, note=look
    )

    assert any("--title=vitrine-engine" in name or name.startswith("vitrine-engine") for name in names)


def _command_line(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def test_an_order_in_a_path_with_a_space_works(tmp_path: Path) -> None:
    folder = tmp_path / "a job"
    folder.mkdir()
    source = folder / "my ball.glb"
    source.write_bytes(a_ball().bytes())

    report = Engine().inspect({"source": str(source), "reads": [str(source)]}, folder=folder)

    assert [issue for issue in report["issues"] if issue["severity"] == 0] == []
