"""The turntable: the open model seen from all around, for lists where it turns under the pointer."""

from dataclasses import replace

from PIL import Image

from vitrine.pipeline.studio.reference import off_axis
from vitrine.pipeline.studio.session import Session
from vitrine.pipeline.studio.views import ViewSpec

FRAMES = 16


def turntable(session: Session, first: ViewSpec, *, side_px: int) -> Image.Image:
    """`FRAMES` squares in a row, from left to right once around; the leftmost is what `first`, taken just before, saw.

    The camera goes around, at the height and in the light of `first`.
    """
    camera = session.camera()
    strip = Image.new("RGBA", (FRAMES * side_px, side_px))
    for number in range(FRAMES):
        theta = camera.theta if number == 0 else off_axis(camera.theta + number * 360 / FRAMES)
        seen = replace(first, name=f"turned-{number}", camera=replace(camera, theta=theta), side_px=side_px)
        strip.paste(session.shoot(seen).image(), (number * side_px, 0))
    return strip
