"""What the command line draws: a bar that stays in its line, a table of numbers."""

import io
import re

from vitrine.cli.progress import Progress, line
from vitrine.cli.words import share, size


def test_the_bar_stays_within_80_columns() -> None:
    drawn = line("a-step-with-a-name-far-too-long-for-its-column", 1.0, 86_400.0)

    assert len(re.sub(r"\x1b\[\d+m", "", drawn)) <= 80


def test_a_terminal_gets_one_line_that_is_cleared_at_the_end() -> None:
    out = io.StringIO()
    progress = Progress(out=out, bar=True)

    progress("gate", 0.0)
    progress("convert", 0.5)
    progress.end()

    assert "\n" not in out.getvalue()
    assert "Unpacking it" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[2K")


def test_elsewhere_a_step_is_one_line_and_a_step_with_nothing_to_do_is_none() -> None:
    out = io.StringIO()
    progress = Progress(out=out, bar=False)

    progress("gate", 0.0)
    progress.step_began -= 2
    progress("optimize-1", 0.5)
    progress("usdz", 0.5)
    progress.step_began -= 1
    progress.end()

    assert out.getvalue() == "Checking the model: 2.0 s\nMaking the USDZ: 1.0 s\n"


def test_sizes_and_shares_are_short() -> None:
    assert [size(count) for count in (999, 1000, 99_949, 267_424, 999_499, 999_500, 28_123_456)] == [
        "999 B",
        "1.0 kB",
        "99.9 kB",
        "267 kB",
        "999 kB",
        "1.0 MB",
        "28.1 MB",
    ]
    assert [share(part, 1000) for part in (4, 99, 100, 2900)] == ["0.4 %", "9.9 %", "10 %", "290 %"]
