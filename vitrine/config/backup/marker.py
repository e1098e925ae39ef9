"""What a restore leaves in DATA_DIR until it has ended. Standard library only."""

from pathlib import Path

from vitrine.config.fault import SetupFault

_NAME = "restoring"


def mark(data_dir: Path) -> None:
    (data_dir / _NAME).touch()


def unmark(data_dir: Path) -> None:
    (data_dir / _NAME).unlink()


def is_half_restored(data_dir: Path) -> bool:
    return (data_dir / _NAME).exists()


def refuse_half_restored(data_dir: Path) -> None:
    if is_half_restored(data_dir):
        raise SetupFault(f"A restore into '{data_dir}' did not end: run it again; it goes on where it was.")
