"""How far bytes are, on a terminal and elsewhere."""

import io
import re

from vitrine.cli.meter import Bytes, Meter


def seen(text: str) -> str:
    """Without what only moves the cursor and colours."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def test_a_terminal_s_line_is_true_in_bytes_and_never_wraps() -> None:
    out = io.StringIO()
    meter = Meter(out=out, bar=True)
    sent = Bytes(meter, "a-chair-with-a-long-name\x1b[2J.glb", 98_300_000)

    sent(0)
    meter._drawn = 0.0
    sent(49_150_000)

    last = seen(out.getvalue().split("\r")[-1])
    assert "49.1 MB of 98.3 MB" in last or "49.2 MB of 98.3 MB" in last
    assert " 50%" in last
    assert last.count("━") == 16
    assert len(last) <= 79


def test_elsewhere_a_file_is_one_line_when_it_is_there() -> None:
    out = io.StringIO()
    sent = Bytes(Meter(out=out, bar=False), "chair.glb", 200)

    for there in (80, 150, 200):
        sent(there)
    sent.end()

    first, last = out.getvalue().splitlines()
    assert first == "chair.glb: 80 B of 200 B are there already"
    assert last.startswith("chair.glb: sent 120 B in ")


def test_a_line_drawn_is_wiped_before_anything_else_is_said() -> None:
    out = io.StringIO()
    meter = Meter(out=out, bar=True)

    meter.part("chair.glb", 0.5, "Making it small")
    meter.line("chair.glb: done")
    meter.clear()

    assert out.getvalue().endswith("\r\x1b[2Kchair.glb: done\n")
