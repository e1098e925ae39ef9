"""One model, ours beside the peers'."""

import tempfile
from dataclasses import replace
from pathlib import Path

from bench import cooking, wire
from bench.figures import Entry, Equal, Looks, Preview, Result
from bench.looks import Photographs, proven
from bench.models import for_peers, work_of
from bench.peers import PEERS, Peer, run_peer
from vitrine.pipeline.looks import Bound
from vitrine.pipeline.recipe import Tools
from vitrine.pipeline.steps.prove import DIGITS
from vitrine.pipeline.studio import Studio
from vitrine.pipeline.work import Format, Kind, Made, Work

NEVER_GROW = (Kind.PREVIEW, Kind.MOBILE, Kind.WEB)
ONLY_FROM_COMPRESSED = (Kind.ANDROID, Kind.IOS)
COMPRESSION = {
    "EXT_meshopt_compression",
    "EXT_texture_avif",
    "EXT_texture_webp",
    "KHR_draco_mesh_compression",
    "KHR_mesh_quantization",
    "KHR_meshopt_compression",
    "KHR_texture_basisu",
}


def compare(model: Path, tools: Tools, studio: Studio, *, equal: bool) -> Result:
    """With `equal`, ours is cooked a second time, to look like the peer's. VitrineError when ours fails."""
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as name:
        folder = Path(name)
        work = cooking.cooked(work_of(model, folder), tools)
        peers = _peers_of(work, folder / "peers")
        photographs = Photographs(work=work, files=tuple(path for _, path in peers if path))
        looks, overlap = studio.run(photographs)
        spent = cooking.spent(work)
        result = Result(
            model=model.name,
            original=_entry("original", model),
            web=replace(_ours(work), cpu_s=spent.whole_s, peak_bytes=cooking.peak_bytes(work)),
            peers=tuple(_photographed(entry, path, looks) for entry, path in peers),
            preview=_preview(work.variants.get(Kind.PREVIEW), overlap),
            spent=spent,
            grown=_grown(work),
        )
        return _with_equal(result, work, tools) if equal else result


def _peers_of(work: Work, folder: Path) -> list[tuple[Entry, Path | None]]:
    folder.mkdir()
    source = for_peers(work, folder / "unpacked")
    if source is None:
        return [(Entry(maker=peer.name, note="cannot read it"), None) for peer in PEERS]
    return [_by(peer, source, folder / f"{number}.glb") for number, peer in enumerate(PEERS)]


def _by(peer: Peer, source: Path, target: Path) -> tuple[Entry, Path | None]:
    run = run_peer(peer, source, target)
    if run.fault:
        return Entry(maker=peer.name, note=run.fault), None
    return replace(_entry(peer.name, target), cpu_s=run.cpu_s, peak_bytes=run.peak_bytes), target


def _entry(maker: str, file: Path) -> Entry:
    return Entry(maker=maker, size=file.stat().st_size, wire=wire.on_the_wire(file))


def _photographed(entry: Entry, path: Path | None, looks: dict[Path, Looks | None]) -> Entry:
    if path is None:
        return entry
    seen = looks[path]
    return replace(entry, looks=seen, note="" if seen else "the viewer cannot show it")


def _ours(work: Work) -> Entry:
    made = work.variants.get(Kind.WEB)
    if made is None:
        return Entry(maker="ours web", note="was not made")
    return replace(_entry("ours web", made.path), looks=proven(made.proof))


def _preview(made: Made | None, overlap: float | None) -> Preview | None:
    if made is None or overlap is None:
        return None
    return Preview(
        wire=wire.on_the_wire(made.path), triangles=made.triangles, textures=made.textures, overlap=overlap
    )


def _grown(work: Work) -> tuple[str, ...]:
    """The variants that are larger than the upload and must not be."""
    came = set(work.facts.extensions) if work.facts else set()
    compressed = bool(came & COMPRESSION) or work.source_format is Format.ZIP
    kinds = NEVER_GROW if compressed else (*NEVER_GROW, *ONLY_FROM_COMPRESSED)
    sizes = {kind: work.variants[kind].path.stat().st_size for kind in kinds if kind in work.variants}
    return tuple(str(kind) for kind, size in sizes.items() if size > work.source.stat().st_size)


def _with_equal(result: Result, work: Work, tools: Tools) -> Result:
    peer = result.smallest
    if peer is None or peer.looks is None or result.web.size is None:
        return result
    quality = round(min(max(peer.looks.ssim, cooking.LOWEST), cooking.HIGHEST), DIGITS)
    # Where the peer's worst view is worse than ours may be, ours may be so too.
    bound = Bound.of(quality)
    bound = replace(bound, worst=min(bound.worst, peer.looks.worst_ssim))
    again = cooking.cooked_again(work, tools, bound=bound)
    ours = replace(_ours(again), maker="ours web at equal looks")
    return replace(result, equal=Equal(peer=peer.maker, quality=quality, ours=ours))
