"""Run as `python -I blender.py` by a Python that can import bpy, Blender's own module. It imports nothing of ours.

An order as JSON on stdin, a report on stdout; exit code 0 is done, 2 the model's fault, anything else ours.

    {"command": "version"}
    {"command": "convert", "format": "fbx" or "usdz", "source": …, "target": …, "files": {"wood.png": …}}
"""

import json
import os
import sys
from importlib.metadata import version
from typing import Any

MODEL_AT_FAULT = 2


def main() -> int:
    order = json.load(sys.stdin)
    # Blender speaks on stdout, where only the report may stand.
    with os.fdopen(os.dup(1), "w") as out:
        os.dup2(2, 1)
        if order["command"] == "version":
            json.dump({"version": version("bpy")}, out)
            return 0
        try:
            report = convert(order)
        except RuntimeError as error:  # what an operator of Blender's raises when it gives up
            json.dump({"detail": f"The converter cannot read it: {str(error).strip()[:300]}"}, out)
            return MODEL_AT_FAULT
        json.dump(report, out)
        return 0


def convert(order: dict[str, Any]) -> dict[str, Any]:
    """Writes order["target"]. Pictures come from order["files"] and from inside the model, never from elsewhere."""
    import bpy  # noqa: PLC0415  # it takes a second, which asking for the version need not

    bpy.ops.wm.read_factory_settings(use_empty=True)
    progress(0.2)
    if order["format"] == "fbx":
        bpy.ops.wm.fbx_import(filepath=order["source"])
    else:
        bpy.ops.wm.usd_import(filepath=order["source"], import_textures_mode="IMPORT_PACK")
    progress(0.6)
    missing = keep_own_pictures(bpy.data.images, order["files"])
    bpy.ops.export_scene.gltf(filepath=order["target"], export_format="GLB", export_yup=True)
    return {"version": bpy.app.version_string, "missing": missing}


def keep_own_pictures(images: Any, files: dict[str, str]) -> list[str]:
    """Packs what came with the model and removes all other pictures; the names of those."""
    own = {name_of(name): path for name, path in files.items()}
    missing = []
    for image in list(images):
        if image.packed_file is not None or image.source == "GENERATED":
            continue
        name = name_of(image.filepath)
        if name in own:
            image.filepath = own[name]
            image.reload()
            image.pack()
        else:
            missing.append(name[:200])
            images.remove(image)
    return missing


def name_of(path: str) -> str:
    """A file's name without its folders, however its machine wrote them; the same in any case."""
    return path.replace("\\", "/").rpartition("/")[2].lower()


def progress(part: float) -> None:
    sys.stderr.write(json.dumps({"progress": part}) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
