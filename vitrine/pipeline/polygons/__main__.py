"""The child's door: an order as JSON on stdin, a report on stdout.

Exit code 0 is done, 2 the model's fault (the report's `detail` says how), anything else ours. Progress goes
to stderr as lines `{"progress": 0 to 1}`.

    {"source": …, "format": "obj", "target": …, "files": {"chair.mtl": …}, "units": "mm", "up_axis": null}
"""

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from vitrine.pipeline.polygons.making import make
from vitrine.pipeline.polygons.surface import Unreadable
from vitrine.pipeline.units import Units, UpAxis
from vitrine.pipeline.work import Format

MODEL_AT_FAULT = 2


def main() -> int:
    order = json.load(sys.stdin)
    Image.MAX_IMAGE_PIXELS = None  # `pictures` has limits of its own, with better words
    try:
        report = _obey(order)
    except Unreadable as error:
        json.dump({"detail": str(error)}, sys.stdout)
        return MODEL_AT_FAULT
    json.dump(report, sys.stdout)
    return 0


def _obey(order: dict[str, Any]) -> dict[str, Any]:
    return make(
        Path(order["source"]),
        Path(order["target"]),
        source_format=Format(order["format"]),
        files={name: Path(path) for name, path in order["files"].items()},
        units=None if order["units"] is None else Units(order["units"]),
        up_axis=None if order["up_axis"] is None else UpAxis(order["up_axis"]),
        note=_note,
    )


def _note(progress: float) -> None:
    sys.stderr.write(json.dumps({"progress": progress}) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
