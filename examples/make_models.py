"""Makes the demo products: `python examples/make_models.py OUT_DIR [NAME…]`. The same bytes every time."""

import argparse
import importlib
import sys
import time
from pathlib import Path

PRODUCTS = {
    "velvet-ottoman": "models.ottoman",
    "enamel-kettle": "models.kettle",
    "table-lamp": "models.lamp",
    "lounge-chair": "models.chair",
    "glazed-vase": "models.vase",
    "orrery": "models.orrery",
    "headphones": "models.headphones",
}

NAMED_ONLY = {"scan": "models.scan"}
"""Made when asked for by name: no products, but loads for the bench."""


def make(name: str, folder: Path) -> Path:
    path = folder / f"{name}.glb"
    importlib.import_module({**PRODUCTS, **NAMED_ONLY}[name]).build().write(path)
    return path


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Makes the demo products as GLB files.")
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PRODUCTS)}; all without one")
    options = parser.parse_args(arguments)
    known = [*PRODUCTS, *NAMED_ONLY]
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"no such product: {', '.join(unknown)}; there are {', '.join(known)}")
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.names or PRODUCTS:
        started = time.process_time()
        path = make(name, options.folder)
        spent = time.process_time() - started
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB in {spent:.1f} CPU s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
