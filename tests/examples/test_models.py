import hashlib
import io
import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
PRODUCTS: dict[str, Any] = json.loads((ROOT / "examples" / "products.json").read_text())
NAMES = [
    "velvet-ottoman",
    "enamel-kettle",
    "table-lamp",
    "lounge-chair",
    "glazed-vase",
    "orrery",
    "headphones",
]


COLOURWAYS = ["Moss", "Rust", "Oat", "Ink"]


@dataclass(frozen=True)
class Model:
    size: int
    digest: str
    document: dict[str, Any]
    binary: bytes

    @classmethod
    def read(cls, path: Path) -> "Model":
        data = path.read_bytes()
        length = struct.unpack_from("<I", data, 12)[0]
        digest = hashlib.sha256(data).hexdigest()
        return cls(len(data), digest, json.loads(data[20 : 20 + length]), data[28 + length :])

    def triangles(self) -> int:
        primitives = [part for mesh in self.document["meshes"] for part in mesh["primitives"]]
        corners: int = sum(self.document["accessors"][part["indices"]]["count"] for part in primitives)
        return corners // 3

    def picture_sizes(self) -> list[int]:
        """The larger side of each picture, largest first."""
        views = [self.document["bufferViews"][image["bufferView"]] for image in self.document["images"]]
        starts = [(view["byteOffset"], view["byteLength"]) for view in views]
        pictures = [Image.open(io.BytesIO(self.binary[at : at + length])) for at, length in starts]
        return sorted((max(picture.size) for picture in pictures), reverse=True)

    def bounds(self) -> tuple[list[float], list[float]]:
        """Lowest and highest corner, with every node where it stands when the animation starts."""
        nodes = self.document["nodes"]
        corners: list[np.ndarray[Any, Any]] = []

        def visit(index: int, outer: np.ndarray[Any, Any]) -> None:
            node = nodes[index]
            matrix = outer @ _matrix(node)
            if "mesh" in node:
                for part in self.document["meshes"][node["mesh"]]["primitives"]:
                    points = self._points(part["attributes"]["POSITION"])
                    corners.append(points @ matrix[:3, :3].T + matrix[:3, 3])
            for child in node.get("children", []):
                visit(child, matrix)

        for root in self.document["scenes"][0]["nodes"]:
            visit(root, np.eye(4))
        whole = np.concatenate(corners)
        return whole.min(axis=0).tolist(), whole.max(axis=0).tolist()

    def _points(self, index: int) -> np.ndarray[Any, Any]:
        return self.floats(index, 3)

    def floats(self, index: int, width: int) -> np.ndarray[Any, Any]:
        accessor = self.document["accessors"][index]
        view = self.document["bufferViews"][accessor["bufferView"]]
        count = accessor["count"] * width
        return np.frombuffer(self.binary, "<f4", count, view["byteOffset"]).reshape(-1, width)


def _matrix(node: dict[str, Any]) -> np.ndarray[Any, Any]:
    x, y, z, w = node.get("rotation", [0, 0, 0, 1])
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = node.get("translation", [0, 0, 0])
    return matrix


def _make(folder: Path, *names: str) -> None:
    command = [sys.executable, str(ROOT / "examples" / "make_models.py"), str(folder), *names]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    folder = tmp_path_factory.mktemp("models")
    _make(folder)
    return {path.stem: Model.read(path) for path in folder.glob("*.glb")}


def test_all_products_are_made_and_described(models: dict[str, Model]) -> None:
    assert sorted(models) == sorted(NAMES)
    assert list(PRODUCTS) == [f"{name}.glb" for name in NAMES]


@pytest.mark.parametrize(
    ("name", "triangles"),
    [
        ("velvet-ottoman", 105_596),
        ("enamel-kettle", 77_304),
        ("lounge-chair", 90_320),
        ("table-lamp", 127_032),
        ("glazed-vase", 83_520),
        ("headphones", 310_064),
        ("orrery", 139_168),
    ],
)
def test_it_has_as_many_triangles_as_modelled(models: dict[str, Model], name: str, triangles: int) -> None:
    assert models[name].triangles() == triangles


def test_the_heavy_one_is_as_heavy_as_a_studio_export(models: dict[str, Model]) -> None:
    heavy = models["headphones"]

    assert heavy.triangles() >= 250_000
    assert 26_000_000 <= heavy.size <= 30_000_000
    assert heavy.picture_sizes()[:3] == [4096, 4096, 4096]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "headphones"])
def test_the_others_are_of_ordinary_weight(models: dict[str, Model], name: str) -> None:
    assert 4_000_000 <= models[name].size <= 14_000_000
    assert models[name].picture_sizes()[:3] == [2048, 2048, 2048]


@pytest.mark.parametrize("name", NAMES)
def test_it_stands_centred_on_the_ground_in_its_claimed_size(models: dict[str, Model], name: str) -> None:
    low, high = models[name].bounds()
    claimed = PRODUCTS[f"{name}.glb"]["metadata"]["dimensions_m"]

    assert [round(b - a, 3) for a, b in zip(low, high, strict=True)] == claimed
    assert abs(low[1]) < 0.0005
    assert abs(low[0] + high[0]) < 0.02 * claimed[0]
    assert abs(low[2] + high[2]) < 0.02 * claimed[2]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_who_made_it_and_that_it_is_free(models: dict[str, Model], name: str) -> None:
    assert models[name].document["asset"] == {
        "version": "2.0",
        "generator": "Vitrine demo models",
        "copyright": "CC0 1.0, Vitrine",
    }


@pytest.mark.parametrize(
    ("name", "extensions"),
    [
        ("velvet-ottoman", ["KHR_materials_sheen"]),
        ("enamel-kettle", ["KHR_materials_clearcoat", "KHR_materials_variants"]),
        ("lounge-chair", ["KHR_materials_variants"]),
        (
            "table-lamp",
            [
                "KHR_materials_emissive_strength",
                "KHR_materials_ior",
                "KHR_materials_transmission",
                "KHR_materials_volume",
            ],
        ),
        ("glazed-vase", ["KHR_materials_clearcoat"]),
    ],
)
def test_it_shows_what_its_materials_can(models: dict[str, Model], name: str, extensions: list[str]) -> None:
    assert models[name].document["extensionsUsed"] == extensions


def test_the_velvet_catches_the_light_by_a_picture_of_its_pile(models: dict[str, Model]) -> None:
    velvet = models["velvet-ottoman"].document["materials"][0]

    sheen = velvet["extensions"]["KHR_materials_sheen"]
    assert "sheenColorTexture" in sheen
    assert max(sheen["sheenColorFactor"]) > 0.5


def test_each_colourway_of_the_kettle_changes_several_materials(models: dict[str, Model]) -> None:
    kettle = models["enamel-kettle"].document
    primitives = kettle["meshes"][0]["primitives"]
    worn = [_worn(primitive, len(COLOURWAYS)) for primitive in primitives]

    listed = kettle["extensions"]["KHR_materials_variants"]["variants"]
    assert [variant["name"] for variant in listed] == COLOURWAYS
    assert [materials[0] for materials in worn] == [primitive["material"] for primitive in primitives]
    assert len(kettle["materials"]) == 10
    for other in range(1, len(COLOURWAYS)):
        assert sum(materials[other] != materials[0] for materials in worn) >= 2


def _worn(primitive: dict[str, Any], count: int) -> list[int]:
    """The material of each variant."""
    mappings = primitive["extensions"]["KHR_materials_variants"]["mappings"]
    by_variant = {variant: one["material"] for one in mappings for variant in one["variants"]}
    return [by_variant[variant] for variant in range(count)]


def test_the_orrery_turns_and_its_orbits_end_where_they_began(models: dict[str, Model]) -> None:
    orrery = models["orrery"]
    (animation,) = orrery.document["animations"]
    names = [orrery.document["nodes"][channel["target"]["node"]]["name"] for channel in animation["channels"]]
    seams = {
        name: abs(float(keys[0] @ keys[-1]))
        for name, sampler in zip(names, animation["samplers"], strict=True)
        for keys in [orrery.floats(sampler["output"], 4)]
    }

    assert sorted(seams) == sorted(
        ["Venus arm", "Mercury arm", "Main arm", "Idler", "Earth carrier", "Earth", "Moon arm", "Crank"]
    )
    # The idler ends one of its seven spokes further on, which nobody can tell.
    assert {name for name, same in seams.items() if abs(same - 1) > 1e-6} == {"Idler"}
    assert seams["Idler"] == pytest.approx(abs(np.cos(np.pi * 8 / 7)), abs=1e-6)


def test_a_product_made_again_alone_is_the_same_to_the_byte(models: dict[str, Model], tmp_path: Path) -> None:
    _make(tmp_path, "lounge-chair")

    again = hashlib.sha256((tmp_path / "lounge-chair.glb").read_bytes()).hexdigest()
    assert again == models["lounge-chair"].digest


def test_an_unknown_product_is_refused_by_name(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "make_models.py"), str(tmp_path), "teapot"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 2
    assert "no such product: teapot" in answer.stderr
    assert list(tmp_path.iterdir()) == []
