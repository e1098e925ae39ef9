"""Mutated models: each is accepted or refused, and nothing else ever becomes of one."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import trial
from tests.fuzz.mutants import Mutant, mutant
from tests.fuzz.seeds import Seed, all_seeds
from tests.fuzz.trial import Depth, verdict_on
from tests.gltf_builders import a_plain_ball, pack_glb
from vitrine.config.environment import ROOT
from vitrine.pipeline.steps.gate import Gate


def a_mutant(data: bytes) -> Mutant:
    return Mutant(number=0, name="model.glb", data=data, story=())


def test_hundreds_of_mutants_are_accepted_or_refused_and_dozens_of_them_by_the_engine(tmp_path: Path) -> None:
    order = ["--count", "1500", "--engine-every", "20", "--optimize-every", "500", "--keep", str(tmp_path)]

    told = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *order], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    assert "1,500  in all, 0 failed" in told.stdout
    assert "accepted: converted" in told.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_number_is_always_the_same_mutant() -> None:
    assert mutant(1, 7) == mutant(1, 7)
    assert mutant(1, 7).data != mutant(2, 7).data


@pytest.mark.parametrize("seed", all_seeds(), ids=lambda seed: seed.name)
def test_every_seed_passes_our_checks_before_it_is_changed(seed: Seed) -> None:
    verdict = verdict_on(a_mutant(pack_glb(seed.json, seed.binary)), Depth.CHECKS)

    assert (verdict.outcome, verdict.failure) == ("passed our checks", False)


def test_a_sound_model_is_taken_to_the_end() -> None:
    verdict = verdict_on(a_mutant(a_plain_ball().bytes()), Depth.OPTIMIZE)

    assert (verdict.outcome, verdict.failure) == ("accepted: optimized", False)


def test_a_mesh_that_draco_cannot_follow_is_made_without_it() -> None:
    verdict = verdict_on(mutant(1, 840), Depth.OPTIMIZE)

    assert (verdict.outcome, verdict.failure) == ("accepted: optimized", False)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(IndexError("none"), "crash IndexError: checks"), (trial.Hang(), "hang: checks")],
)
def test_a_crash_and_a_hang_are_failures(
    fault: BaseException, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(self: Gate, work: object, tools: object) -> None:
        raise fault

    monkeypatch.setattr(Gate, "__call__", fall)

    verdict = verdict_on(a_mutant(a_plain_ball().bytes()), Depth.CHECKS)

    assert (verdict.outcome, verdict.failure) == (outcome, True)
