"""The service's wall clock, to be moved while it runs: by a library of ours, where there is a C compiler."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_name("wrong_clock.c")


@dataclass(frozen=True, slots=True)
class Clock:
    """That of every process started in its `environment`. The embedded servers and the engine have none of it: they
    are started in one of their own, and keep the machine's."""

    folder: Path

    @staticmethod
    def can_be_made() -> bool:
        return shutil.which("cc") is not None

    @classmethod
    def made(cls, folder: Path) -> "Clock":
        clock = cls(folder)
        clock._file.write_bytes(bytes(8))
        clock._file.chmod(0o644)
        order = ["cc", "-O1", "-shared", "-fPIC", "-o", str(clock._library), str(_SOURCE)]
        subprocess.run(order, check=True)
        return clock

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "WRONG_CLOCK": str(self._file)}

    @property
    def _file(self) -> Path:
        return self.folder / "clock"

    @property
    def _library(self) -> Path:
        return self.folder / "wrong_clock.so"

    def go(self, wrong_by_s: int) -> None:
        with self._file.open("r+b", buffering=0) as file:
            file.write(wrong_by_s.to_bytes(8, "little", signed=True))
