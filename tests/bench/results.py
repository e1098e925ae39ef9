"""Results of the bench, as small as a test needs them."""

from bench.figures import Entry, Looks, Result, Spent


def looks(ssim: float = 0.99, *, worst: float = 0.97) -> Looks:
    return Looks(ssim=ssim, worst_ssim=worst, flip=0.05)


def a_result(*peers: Entry, web: int = 100, bare_s: float = 6.0, whole_s: float = 50.0) -> Result:
    """Ours with `web` bytes on the wire; the first peer took two seconds unless it says otherwise."""
    return Result(
        model="chair.glb",
        original=Entry(maker="original", size=1000, wire=900),
        web=Entry(maker="ours web", size=120, wire=web, looks=looks()),
        peers=peers or (Entry(maker="peer", size=250, wire=200, looks=looks(), cpu_s=2.0),),
        preview=None,
        spent=Spent(bare_s=bare_s, whole_s=whole_s),
        grown=(),
    )
