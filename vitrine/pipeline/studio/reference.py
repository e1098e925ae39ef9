"""The pictures of the original that proofs are measured against, and the cameras they were taken with."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vitrine.pipeline.likeness import Rgba, busiest
from vitrine.pipeline.studio.session import Session
from vitrine.pipeline.studio.views import Camera, ModelView, Picture, ViewSpec
from vitrine.pipeline.work import Format, Work

SIDES = (("front", 0.0), ("right", 90.0), ("back", 180.0), ("left", 270.0))
ABOVE_PHI = 20.0
CLOSE_UPS = 2
COLOURWAYS = 4
INDEX = "views.json"
OFF_AXIS = 1.0  # degrees; exactly on an axis llvmpipe hung


@dataclass(frozen=True, slots=True)
class Reference:
    """Views by order and the folder that holds their pictures."""

    views: tuple[ViewSpec, ...]
    folder: Path

    def picture(self, view: ViewSpec) -> Rgba:
        return Picture((self.folder / f"{view.name}.png").read_bytes()).rgba()


def original_of(work: Work) -> Path:
    """What is photographed: the untouched upload when a browser reads it and it stands right, else the plain GLB."""
    basis = work.facts is not None and "KHR_texture_basisu" in work.facts.extensions
    if work.source_format is Format.GLB and not basis and not work.placed:
        return work.source
    return work.plain or work.source


def reference_of(
    work: Work, *, session: Session, note: Callable[[float], None] = lambda _: None
) -> Reference:
    """Photograph the original, or take the pictures that an earlier step of the same job left."""
    folder = _folder(work, session)
    index = folder / INDEX
    if index.is_file():
        return Reference(tuple(_view_from(one) for one in json.loads(index.read_text())), folder)
    return photograph(session.open(original_of(work)), work=work, session=session, note=note)


def photograph(
    model: ModelView, *, work: Work, session: Session, note: Callable[[float], None] = lambda _: None
) -> Reference:
    """The open original: four sides, one from above, two close-ups; an animated model in its middle, and one with
    material variants in the first four that change it."""
    folder = _folder(work, session)
    folder.mkdir(parents=True, exist_ok=True)
    views = list(framed_views(model.first))
    spots = []
    for number, view in enumerate(views):
        note(number / (len(views) + CLOSE_UPS))
        picture = session.shoot(view)
        (folder / f"{view.name}.png").write_bytes(picture.png)
        if spot := _spot(picture.rgba(), view=view, model=model, session=session):
            spots.append(spot)
    others = close_ups(spots, model)
    if model.animations:
        others = (*others, replace(views[0], name="moving", moment=0.5))
    others = (*others, *_coloured(views[0], model))
    for view in others:
        (folder / f"{view.name}.png").write_bytes(session.shoot(view).png)
    (folder / INDEX).write_text(json.dumps([asdict(one) for one in (*views, *others)]))
    return Reference((*views, *others), folder)


def _coloured(view: ViewSpec, model: ModelView) -> list[ViewSpec]:
    return [
        replace(view, name=f"colourway-{number}", colourway=name)
        for number, name in enumerate(model.colourways[:COLOURWAYS], 1)
    ]


def _folder(work: Work, session: Session) -> Path:
    """A folder for each GL: two of them draw one model a little differently."""
    return work.folder / "reference" / session.gl


def framed_views(first: Camera) -> tuple[ViewSpec, ...]:
    """The sides and the top, framed as the viewer's first frame."""
    theta = off_axis(first.theta)
    sides = [ViewSpec(name=name, camera=replace(first, theta=theta + turn)) for name, turn in SIDES]
    return (*sides, ViewSpec(name="above", camera=replace(first, theta=theta, phi=ABOVE_PHI)))


def off_axis(theta: float) -> float:
    """The angle, a little farther where it would look along an axis."""
    on_axis = theta % 90 < OFF_AXIS or theta % 90 > 90 - OFF_AXIS
    return theta + (OFF_AXIS if on_axis else 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on the surface, in metres, with much fine detail around it, and the camera that saw it."""

    point: tuple[float, float, float]
    detail: float
    seen_by: Camera


def _spot(picture: Rgba, *, view: ViewSpec, model: ModelView, session: Session) -> Spot | None:
    camera = view.camera
    if camera is None:
        return None
    window = (
        len(picture) * _frame(model.nearest_radius, model.nearest_fov) / _frame(camera.radius, camera.fov)
    )
    busy = busiest(picture, max(round(window), 1))
    if busy is None:
        return None
    x, y, detail = busy
    [point] = session.touch([(x, y)])
    return Spot(point, detail, camera) if point else None


def close_ups(spots: Sequence[Spot], model: ModelView) -> tuple[ViewSpec, ...]:
    """The viewer's nearest zoom at the busiest spot, and at the next one that it does not show already."""
    frame = _frame(model.nearest_radius, model.nearest_fov)
    chosen: list[Spot] = []
    for spot in sorted(spots, key=lambda one: -one.detail):
        if len(chosen) < CLOSE_UPS and all(math.dist(spot.point, one.point) > frame / 2 for one in chosen):
            chosen.append(spot)
    return tuple(
        ViewSpec(name=f"close-{number}", camera=_nearest_to(spot, model))
        for number, spot in enumerate(chosen, 1)
    )


def _nearest_to(spot: Spot, model: ModelView) -> Camera:
    """From as near as a shopper comes, along the line on which the spot was seen: nothing stands in between."""
    x, y, z = (eye - point for eye, point in zip(_eye(spot.seen_by), spot.point, strict=True))
    return Camera(
        target=spot.point,
        theta=math.degrees(math.atan2(x, z)),
        phi=math.degrees(math.atan2(math.hypot(x, z), y)),
        radius=model.nearest_radius,
        fov=model.nearest_fov,
        reach=model.first.reach,
    )


def _eye(camera: Camera) -> tuple[float, float, float]:
    theta, phi = math.radians(camera.theta), math.radians(camera.phi)
    x, y, z = camera.target
    out = camera.radius * math.sin(phi)
    return x + out * math.sin(theta), y + camera.radius * math.cos(phi), z + out * math.cos(theta)


def _frame(radius: float, fov: float) -> float:
    """The height, in metres, that a camera shows at its target."""
    return 2 * radius * math.tan(math.radians(fov) / 2)


def _view_from(kept: dict[str, Any]) -> ViewSpec:
    camera = kept["camera"]
    return ViewSpec(**{**kept, "camera": Camera.of(camera) if camera else None})
