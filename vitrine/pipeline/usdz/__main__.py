"""The child's door: an order as JSON on stdin, a report on stdout.

Exit code 0 is done, 2 the model's fault (the report's `detail` says how), anything else ours. Progress goes
to stderr as lines `{"progress": 0 to 1}`.

    {"command": "make", "source": …, "target": …, "max_texture_px": 2048, "max_triangles": 100000}
    {"command": "inspect", "source": …, "files": …, "image_side_px": …, "image_px": …, "triangles": …}
"""

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from vitrine.pipeline.usdz.conversion import NothingToShow
from vitrine.pipeline.usdz.inspection import Bounds, Unfit, inspect
from vitrine.pipeline.usdz.making import Wish, make

MODEL_AT_FAULT = 2


def main() -> int:
    order = json.load(sys.stdin)
    Image.MAX_IMAGE_PIXELS = None  # the gate and `inspect` have limits of their own, with better words
    try:
        report = _obey(order.pop("command"), Path(order.pop("source")), order)
    except (Unfit, NothingToShow) as error:
        json.dump({"detail": str(error)}, sys.stdout)
        return MODEL_AT_FAULT
    json.dump(report, sys.stdout)
    return 0


def _obey(command: str, source: Path, order: dict[str, Any]) -> dict[str, Any]:
    if command == "make":
        return make(source, Path(order.pop("target")), Wish(**order), _note)
    try:
        return inspect(source, Bounds(**order))
    except MemoryError as error:
        raise Unfit("The file takes more memory to open than we allow. Reduce its geometry.") from error


def _note(progress: float) -> None:
    sys.stderr.write(json.dumps({"progress": progress}) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
