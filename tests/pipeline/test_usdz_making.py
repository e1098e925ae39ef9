"""Making a USDZ: geometry, instances, packing."""

import zipfile
from pathlib import Path

import pytest

from tests.pipeline.usdz_builders import Model, a_picture, a_square
from tests.pipeline.usdz_reading import attribute, made
from vitrine.pipeline.usdz import archive, gltf, readback, validation
from vitrine.pipeline.usdz.conversion import NothingToShow


def test_a_square_keeps_its_place_its_triangles_and_its_size_in_metres(tmp_path: Path) -> None:
    target, report = made(a_square(tmp_path / "board.glb"))

    stage = validation.opened(target)
    facts = readback.facts(stage, archive.entries(target, max_files=10), target)
    assert report["facts"]["triangles"] == facts["triangles"] == 2
    assert facts["dimensions_m"] == [2.0, 2.0, 0.0]
    assert validation.findings(stage) == []


def test_the_package_is_stored_and_aligned_with_the_layer_first(tmp_path: Path) -> None:
    model = Model()
    paint = model.material(pbrMetallicRoughness={"baseColorTexture": {"index": model.texture(a_picture())}})
    model.node(mesh=model.square(paint))

    target, _ = made(model.save(tmp_path / "board.glb"))

    entries = archive.entries(target, max_files=10)
    assert [entry.name for entry in entries] == ["model.usdc", "textures/image_0.png"]
    assert [entry.offset % 64 for entry in entries] == [0, 0]
    with zipfile.ZipFile(target) as packed:
        assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}
        assert packed.read("textures/image_0.png") == a_picture()


def test_the_same_glb_gives_the_same_bytes(tmp_path: Path) -> None:
    source = a_square(tmp_path / "board.glb", pbrMetallicRoughness={"roughnessFactor": 0.4})

    first = made(source)[0].read_bytes()
    second = made(source)[0].read_bytes()

    assert first == second


def test_a_mesh_used_twice_stands_in_both_places(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    model.node(mesh=mesh, name="Twin")
    model.node(mesh=mesh, name="Twin", translation=[10, 0, 0])

    target, report = made(model.save(tmp_path / "twins.glb"))

    meshes = list(readback.drawn(validation.opened(target), 0.0))
    assert [mesh.path for mesh in meshes] == ["/Root/Twin/Square", "/Root/Twin_1/Square"]
    assert [float(mesh.points[0][0]) for mesh in meshes] == [-1.0, 9.0]
    assert report["facts"]["triangles"] == 4


def test_gpu_instances_are_all_there(tmp_path: Path) -> None:
    model = Model()
    places = model.numbers([(0, 0, 0), (5, 0, 0), (10, 0, 0)])
    instancing = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": places}}}
    model.node(mesh=model.square(), extensions=instancing)

    target, report = made(model.save(tmp_path / "row.glb"))

    starts = [float(mesh.points[0][0]) for mesh in readback.drawn(validation.opened(target), 0.0)]
    assert starts == [-1.0, 4.0, 9.0]
    assert report["facts"]["triangles"] == 6


def test_a_mesh_without_normals_gets_flat_ones(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    del model.document["meshes"][mesh]["primitives"][0]["attributes"]["NORMAL"]
    model.node(mesh=mesh)

    target, _ = made(model.save(tmp_path / "board.glb"))

    normals = attribute(target, "/Root/node_0/Square", "normals")
    assert {tuple(normal) for normal in normals} == {(0.0, 0.0, 1.0)}


def test_morph_targets_stay_in_their_default_shape(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    lift = model.numbers([(0, 4, 0)] * 4)
    model.document["meshes"][mesh]["primitives"][0]["targets"] = [{"POSITION": lift}]
    model.document["meshes"][mesh]["weights"] = [0.5]
    model.node(mesh=mesh)

    target, report = made(model.save(tmp_path / "board.glb"))

    points = next(readback.drawn(validation.opened(target), 0.0)).points
    assert (points[:, 1].min(), points[:, 1].max()) == (2.0, 4.0)
    assert report["fidelity"]["dropped"] == [{"material": None, "feature": "the movement of morph targets"}]


def test_a_model_of_lines_has_nothing_to_show(tmp_path: Path) -> None:
    model = Model()
    mesh = model.square()
    model.document["meshes"][mesh]["primitives"][0]["mode"] = 1
    model.node(mesh=mesh)
    source = model.save(tmp_path / "wire.glb")

    with pytest.raises(NothingToShow, match="no triangles"):
        made(source)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["wire.glb"]


def test_a_compressed_glb_is_not_guessed_at(tmp_path: Path) -> None:
    model = Model()
    model.node(mesh=model.square())
    model.document["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    source = model.save(tmp_path / "board.glb")

    with pytest.raises(gltf.NotPlain, match="KHR_draco_mesh_compression"):
        made(source)
