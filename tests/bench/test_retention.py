"""The part of the bench that lets rows expire while somebody else writes."""

from bench.retention import Swept, rows_of, section_of, target_of

SWEPT = Swept(rows=1_000_000, seconds=20.0, waits=0, statements=3_000, p99_ms=35.14, slowest_ms=87.2)


def test_its_row_says_how_fast_it_was_and_who_waited() -> None:
    assert rows_of(SWEPT) == ["| 1,000,000 | 20 | 50,000 | 0 | 3,000 | 35.1 | 87 |"]
    assert target_of(SWEPT) == "| locks over 100 ms while 1,000,000 rows expire | 1 | 0 | 0 | 0 |"


def test_without_it_there_is_no_section() -> None:
    assert list(section_of(None)) == []
