"""How alike two pictures are: SSIM and FLIP of their foreground, as a shopper on a mid-grey page would see it."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter
from skimage.metrics import structural_similarity

from vitrine.pipeline.flip import REACH_PX, flip_map

Rgba = NDArray[np.uint8]
Plane = NDArray[np.float32]

SIGMA_PX = 1.5
GREY = 0.5
_REC709 = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_MARGIN_PX = REACH_PX  # the Gaussian of SSIM, cut off at 3.5 sigma, reaches less far


def luma(picture: Rgba) -> Plane:
    """Gamma-encoded Rec. 709 luma, 0 to 1, of straight-alpha RGBA over mid-grey."""
    return _over_grey(picture) @ _REC709


def _over_grey(picture: Rgba) -> Plane:
    """Height × width × 3, 0 to 1, blended as a page blends: gamma-encoded."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.asarray(
        picture[..., :3].astype(np.float32) / 255 * alpha + GREY * (1 - alpha), dtype=np.float32
    )


def ssim(reference: Rgba, other: Rgba) -> float:
    """Mean SSIM over the union of both foregrounds; 1.0 when neither picture shows anything.

    Both pictures must have one size. What lies far from the foreground is left out before, to save time.
    """
    mask = (reference[..., 3] > 0) | (other[..., 3] > 0)
    if not mask.any():
        return 1.0
    part = _around(mask)
    _, each = structural_similarity(  # type: ignore[no-untyped-call]  # scikit-image annotates only some
        luma(reference[part]),
        luma(other[part]),
        data_range=1.0,
        gaussian_weights=True,
        sigma=SIGMA_PX,
        use_sample_covariance=False,
        full=True,
    )
    return float(each[mask[part]].mean(dtype=np.float64))


def flip(reference: Rgba, other: Rgba) -> float:
    """Mean LDR-FLIP over the union of both foregrounds: 0.0 for the same picture, at most 1; lower is better."""
    mask = (reference[..., 3] > 0) | (other[..., 3] > 0)
    if not mask.any():
        return 0.0
    part = _around(mask)
    each = flip_map(_over_grey(reference[part]), _over_grey(other[part]))
    return float(each[mask[part]].mean(dtype=np.float64))


def _around(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The mask's bounding box with a margin."""
    found = []
    for axis in (1, 0):
        filled = np.flatnonzero(mask.any(axis=axis))
        found.append(slice(max(int(filled[0]) - _MARGIN_PX, 0), int(filled[-1]) + 1 + _MARGIN_PX))
    return found[0], found[1]


def busiest(picture: Rgba, window_px: int) -> tuple[int, int, float] | None:
    """Where a square of `window_px` holds the most fine detail: x and y of its middle, and how much.

    The middle shows surface; silhouettes do not count as detail. None when nothing is in the picture.
    """
    mask = picture[..., 3] > 127
    inside = uniform_filter(mask.astype(np.float32), 13) > 0.999
    if not inside.any():
        inside = mask
    if not inside.any():
        return None
    plane = luma(picture)
    fine = (plane - gaussian_filter(plane, 2.0)) ** 2
    held = uniform_filter(np.where(inside, fine, 0), window_px, mode="constant")
    held[~inside] = -1
    y, x = np.unravel_index(int(np.argmax(held)), held.shape)
    return int(x), int(y), float(held[y, x])
