"""Units and up axis: what was asked for, else a guess, and always said."""

import pytest

from vitrine.pipeline.units import Units, UpAxis, likely_units, standing_of, told
from vitrine.pipeline.work import Format


@pytest.mark.parametrize(
    ("source_format", "longest", "expected"),
    [
        (Format.STL, 86.4, Units.MILLIMETRES),
        (Format.STL, 0.9, Units.METRES),
        (Format.PLY, 0.156, Units.METRES),
        (Format.OBJ, 10.0, Units.METRES),
        (Format.OBJ, 88.0, Units.CENTIMETRES),
        (Format.OBJ, 880.0, Units.MILLIMETRES),
    ],
)
def test_a_likely_unit_is_guessed(source_format: Format, longest: float, expected: Units) -> None:
    assert likely_units(source_format, longest) is expected


def test_only_stl_stands_on_z() -> None:
    assert standing_of(Format.STL, 50).up_axis is UpAxis.Z
    assert standing_of(Format.OBJ, 50).up_axis is UpAxis.Y
    assert standing_of(Format.PLY, 50).up_axis is UpAxis.Y


def test_what_was_asked_for_goes_before_a_guess() -> None:
    standing = standing_of(Format.STL, 50, units=Units.INCHES, up_axis=UpAxis.Y)

    assert (standing.units.metres, standing.up_axis) == (0.0254, UpAxis.Y)


def test_a_guess_is_said_with_its_cure() -> None:
    notice = told(Format.STL, standing_of(Format.STL, 86.4), (0.0864, 0.0838, 0.0669))

    assert notice.code == "units-assumed"
    assert notice.detail == (
        "This STL does not say its units and up axis. It was taken as millimetres with +Z up; it measures "
        "0.0864 × 0.0838 × 0.0669 m. If that is wrong, send units (mm, cm, m or in) and up_axis (y or z) with it, "
        "or optimize again with them."
    )


def test_only_what_was_guessed_is_called_a_guess() -> None:
    standing = standing_of(Format.OBJ, 1, units=Units.METRES)

    assert "does not say its up axis." in told(Format.OBJ, standing, (1, 1, 1)).detail


def test_what_was_asked_for_is_said_too() -> None:
    standing = standing_of(Format.OBJ, 1, units=Units.INCHES, up_axis=UpAxis.Z)

    assert told(Format.OBJ, standing, (0.0254, 0.0254, 0.0254)).code == "units-told"
