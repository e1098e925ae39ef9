"""Converters of our own making: programs that keep to the protocol of `pipeline/converter/blender.py`."""

import sys
from pathlib import Path

TRIANGLE_FBX = b"""; FBX 7.4.0 project file
FBXHeaderExtension:  {
	FBXVersion: 7400
}
GlobalSettings:  {
	Properties70:  {
		P: "UpAxis", "int", "Integer", "",1
		P: "UpAxisSign", "int", "Integer", "",1
		P: "FrontAxis", "int", "Integer", "",2
		P: "FrontAxisSign", "int", "Integer", "",1
		P: "CoordAxis", "int", "Integer", "",0
		P: "CoordAxisSign", "int", "Integer", "",1
		P: "UnitScaleFactor", "double", "Number", "",1
	}
}
Objects:  {
	Geometry: 1, "Geometry::leaf", "Mesh" {
		Vertices: *9 {
			a: 0,0,0,50,0,0,0,20,0
		}
		PolygonVertexIndex: *3 {
			a: 0,1,-3
		}
		GeometryVersion: 124
	}
	Model: 2, "Model::leaf", "Mesh" {
		Version: 232
	}
}
Connections:  {
	C: "OO",1,2
	C: "OO",2,0
}
"""
"""Half a metre wide and a fifth high: its numbers are centimetres, as FBX counts."""

_SCRIPT = """#!{python}
import json, os, shutil, signal, sys
order = json.load(sys.stdin)
if order["command"] == "version":
    print(json.dumps({{"version": "1.0 (a fake)"}}))
    sys.exit(0)
{does}
"""


def a_converter(folder: Path, does: str) -> Path:
    """A program that answers to its version, and at `convert` does what the lines say; `order` is its order."""
    program = folder / "converter"
    program.write_text(_SCRIPT.format(python=sys.executable, does=does))
    program.chmod(0o755)
    return program


def a_converter_to(glb: bytes, folder: Path, *, missing: tuple[str, ...] = ()) -> Path:
    """One that makes the same GLB of everything, and tells which files it was given."""
    prepared = folder / "prepared.glb"
    prepared.write_bytes(glb)
    report = f'{{"missing": {list(missing)!r}, "given": sorted(order["files"]), "format": order["format"]}}'
    return a_converter(
        folder, f'shutil.copyfile({str(prepared)!r}, order["target"])\nprint(json.dumps({report}))'
    )
