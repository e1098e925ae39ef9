"""The files that came with a model: nothing else is ever opened, whatever name the model writes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from vitrine.pipeline.polygons.surface import refuse

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]+://|/|[a-z]:", re.IGNORECASE)


@dataclass(slots=True)
class Companions:
    """`files`: name, as seen from the model's folder -> file. `alone`: the model came without any others."""

    files: Mapping[str, Path]
    name_length: int
    missing: list[str] = field(default_factory=list)

    def find(self, name: str, by: str) -> Path | None:
        """What `name` means: that file, else the only one so called wherever it lies, since many programs write
        paths of the machine that they ran on. One that did not come is noted as missing. `by` is who names it."""
        if not name:
            refuse(f"{by} names a file without a name.")
        if len(name) > self.name_length:
            refuse(f"{by} names a file of {len(name)} characters; the limit is {self.name_length}.")
        path = PurePosixPath(name.replace("\\", "/"))
        wanted = str(path).lower()
        exact = [file for known, file in self.files.items() if known.lower() == wanted]
        same = [
            file
            for known, file in self.files.items()
            if PurePosixPath(known).name.lower() == path.name.lower()
        ]
        if exact or len(same) == 1:
            return (exact or same)[0]
        if ".." in path.parts or _ELSEWHERE.match(name):
            refuse(
                f'{by} names a place outside the upload: "{name[:200]}". Zip the model with all its files.'
            )
        if name not in self.missing:
            self.missing.append(name)
        return None

    def insist(self) -> None:
        """Refuses a model that came with others, but not with all that it names."""
        if self.missing and self.files:
            shown = ", ".join(one[:200] for one in self.missing[:50])
            refuse(
                f"The model names {len(self.missing)} file(s) that did not come with it: {shown}. "
                "Zip it with all its files."
            )
