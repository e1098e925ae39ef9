"""`python -m tests.hostile FOLDER`: every hostile file into a folder."""

import sys
from pathlib import Path

from tests.hostile import REJECTED, UNSUPPORTED


def write_all(folder: Path) -> list[Path]:
    """Every hostile file into `folder`, named for what is wrong with it."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for build in (*UNSUPPORTED, *REJECTED):
        name, data = build()
        path = folder / f"{build.__name__}{Path(name).suffix}"
        path.write_bytes(data)
        written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name a folder: python -m tests.hostile FOLDER")
    print(f"{len(write_all(Path(sys.argv[1])))} files in {sys.argv[1]}")
