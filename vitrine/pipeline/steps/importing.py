"""The way in: what came is opened, and what is no glTF becomes one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from vitrine.errors import UnsupportedFormat
from vitrine.pipeline.converter import child as converter
from vitrine.pipeline.formats import INSTALL
from vitrine.pipeline.limits import ARCHIVE, ArchiveLimits
from vitrine.pipeline.parcel import open_parcel
from vitrine.pipeline.polygons import child as polygons
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.units import Units, UpAxis, needless
from vitrine.pipeline.work import Format, Notice, Parcel, Work

UNITLESS = (Format.OBJ, Format.STL, Format.PLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Unzips, and makes a GLB of OBJ, STL, PLY, FBX and USDZ, which then goes through the gate as any other.

    `units` and `up_axis` are for files that do not say theirs; None guesses, and says so. Without a converter an FBX is
    refused and a USDZ stays what it is, as with `usdz` off.
    """

    name: ClassVar[str] = "import"
    units: Units | None = None
    up_axis: UpAxis | None = None
    usdz: bool = True
    archive: ArchiveLimits = ARCHIVE

    def __call__(self, work: Work, tools: Tools) -> Work:
        if work.source_format is Format.USDZ and (tools.converter is None or not self.usdz):
            return work if tools.converter is not None else work.with_notices(ONLY_FOR_IPHONES)
        parcel = open_parcel(work, limits=self.archive)
        said = (self.units, self.up_axis) != (None, None)
        if said and parcel.format not in UNITLESS:
            work = work.with_notices(needless(parcel.format))
        if parcel.is_gltf:
            return replace(work, parcel=parcel)
        target = work.folder / "imported.glb"
        report = self._made(parcel, target, work, tools)
        work = replace(work, parcel=Parcel(model=target, format=Format.GLB))
        return work.with_notices(*_notices(report)).with_detail(self.name, report)

    def _made(self, parcel: Parcel, target: Path, work: Work, tools: Tools) -> dict[str, Any]:
        order: dict[str, Any] = {
            "source": str(parcel.model.resolve()),
            "format": parcel.format,
            "target": str(target.resolve()),
            "files": {name: str(path.resolve()) for name, path in parcel.files.items()},
        }
        if parcel.format in UNITLESS:
            order |= {"units": self.units, "up_axis": self.up_axis}
            return polygons.run(order, folder=work.folder, note=tools.note)
        if tools.converter is None:
            raise UnsupportedFormat(f"The zip holds an FBX, which this installation cannot read: {INSTALL}.")
        return converter.convert(tools.converter, order, folder=work.folder, note=tools.note)


ONLY_FOR_IPHONES = Notice(
    "only-for-iphones",
    "A USDZ is handed to iPhones as it came. There is no 3D view of it in browsers and on Android without the optional "
    f"converter: {INSTALL}, then optimize it. Or upload the model as glb.",
)


def _notices(report: Mapping[str, Any]) -> Iterable[Notice]:
    for one in report.get("notices", ()):
        yield Notice(one["code"], one["detail"])
    if missing := report.get("missing", ()):
        shown = ", ".join(missing[:10])
        detail = f"{len(missing)} picture(s) did not come with the model and are left out: {shown}. Zip it with them."
        yield Notice("pictures-missing", detail)
