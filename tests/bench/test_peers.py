"""The peers themselves, on a small model."""

import hashlib
import shutil
from pathlib import Path

import pytest

from bench.models import for_peers, models_in, work_of
from bench.peers import PEERS, Peer, run_peer, versions
from bench.wire import on_the_wire
from tests.gltf_builders import a_ball


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_makes_a_file_and_tells_what_it_took(peer: Peer, tmp_path: Path) -> None:
    source, target = tmp_path / "source.glb", tmp_path / "target.glb"
    source.write_bytes(a_ball(side=32).bytes())

    run = run_peer(peer, source, target)

    assert run.fault == ""
    assert target.read_bytes()[:4] == b"glTF"
    assert run.cpu_s > 0.01
    assert 20e6 < run.peak_bytes < 1e9


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_that_cannot_read_a_model_says_why(peer: Peer, tmp_path: Path) -> None:
    source = tmp_path / "source.glb"
    source.write_bytes(b"glTF, but no more than that")

    run = run_peer(peer, source, tmp_path / "target.glb")

    assert run.fault
    assert not (tmp_path / "target.glb").exists()


def test_the_memory_of_the_bench_is_not_the_peers(tmp_path: Path) -> None:
    source = tmp_path / "source.glb"
    source.write_bytes(a_ball(side=32).bytes())

    held = b"\x01" * 400_000_000
    run = run_peer(PEERS[2], source, tmp_path / "target.glb")

    assert run.peak_bytes < len(held)


def test_the_versions_of_the_peers_are_known() -> None:
    assert set(versions()) == {"@gltf-transform/cli", "gltfpack"}
    assert all(version[0].isdigit() for version in versions().values())


def test_a_zip_is_unpacked_for_the_peers(tmp_path: Path) -> None:
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "ball.glb").write_bytes(a_ball(side=16).bytes())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "README.md").write_text("not a model")
    shutil.make_archive(str(tmp_path / "models" / "ball"), "zip", tmp_path / "packed")
    (tmp_path / "bench").mkdir()

    [model] = models_in(tmp_path / "models")
    source = for_peers(work_of(model, tmp_path / "bench"), tmp_path / "unpacked")

    assert source == tmp_path / "unpacked" / "ball.glb"
    assert source.read_bytes() == a_ball(side=16).bytes()


def test_on_the_wire_a_file_is_never_larger_than_itself(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain", tmp_path / "packed"
    plain.write_bytes(b"the same again " * 1000)
    packed.write_bytes(b"".join(hashlib.sha256(bytes([n])).digest() for n in range(8)))

    assert on_the_wire(plain) < 100
    assert on_the_wire(packed) == 256
