"""CloudFront's logs: hits and misses of models' files, each log once, and nothing of who asked."""

import gzip
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from vitrine.insight.measures import Asked, Group, last_days, measured
from vitrine.insight.models import Measure
from vitrine.insight.topics import Topic, rows_of

pytestmark = pytest.mark.django_db

CHAIR, LAMP = uuid.UUID(int=7), uuid.UUID(int=8)
_FIELDS = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type\n"  # noqa: E501  # as it is written


def a_line(path: str, result: str = "Hit", *, sent: int = 1_000, at: datetime | None = None) -> str:
    moment = at or timezone.now()
    who = ("203.0.113.9", "GET", "d1.cloudfront.net")
    fields = (f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}", "FRA60-P1", str(sent), *who, path, "200")
    return "\t".join((*fields, "-", "Browser-7", "-", "-", result)) + "\n"


def a_file(product_id: uuid.UUID) -> str:
    return f"/files/s/1/models/{product_id}/{'a' * 64}.glb"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "E1.2026-11-25-10.abcd.gz"
    lines = [a_line(a_file(CHAIR), one) for one in ("Hit", "RefreshHit", "Miss", "Error")]
    lines += [a_line(a_file(LAMP), "Miss", sent=50), a_line("/viewer/vitrine-viewer.js")]
    path.write_bytes(gzip.compress((_FIELDS + "".join(lines)).encode()))
    return path


def test_hits_misses_and_bytes_are_counted_by_product(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("cdn_logs", log)

    assert capsys.readouterr().out == f"{log}: 2 hits, 2 misses, 2 others\n"
    (row,) = rows_of(Topic.CACHE, last_days(2))
    assert (row["cdn_hits"], row["cdn_misses"], row["cdn_hit_ratio"], row["cdn_bytes"]) == (2, 2, 0.5, 3_050)
    (chair,) = rows_of(Topic.CACHE, last_days(2, product_id=CHAIR))
    assert (chair["cdn_hits"], chair["cdn_misses"]) == (2, 1)
    assert {one.group for one in measured(last_days(2, group=Group.DEVICE), ["cdn"])} == {""}


def test_the_same_log_again_under_any_name_counts_nothing(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("cdn_logs", log)
    unpacked = log.with_suffix("")
    unpacked.write_bytes(gzip.decompress(log.read_bytes()))

    call_command("cdn_logs", log, unpacked)

    assert capsys.readouterr().out.endswith(f"{log}: taken before\n{unpacked}: taken before\n")
    assert rows_of(Topic.CACHE, last_days(2))[0]["cdn_hits"] == 2


def test_it_stands_in_its_hour(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    log = tmp_path / "log"
    log.write_text(_FIELDS + a_line(a_file(CHAIR), at=moment))

    call_command("cdn_logs", log)

    hour = moment.replace(minute=0)
    (found,) = measured(Asked(since=hour, until=hour.replace(hour=2)), ["cdn"])
    assert (found.n, found.total) == (1, 1_000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello\n", "it does not say date, time"),
        (_FIELDS + a_line(a_file(CHAIR)).replace("\t1000\t", "\tmany\t"), "line 3: invalid literal"),
    ],
)
def test_what_is_no_log_is_refused_and_nothing_of_it_counted(tmp_path: Path, text: str, said: str) -> None:
    log = tmp_path / "log"
    log.write_text(text)

    with pytest.raises(CommandError, match=said):
        call_command("cdn_logs", log)

    assert not Measure.objects.exists()
