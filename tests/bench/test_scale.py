"""The arithmetic of docs/scale.md: read out of the figures that are committed, and worked out once by hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.scale import (
    HOURS,
    LARGE,
    LOAD,
    PAGE,
    RESULTS,
    THEN,
    Costs,
    costs_of,
    full_at,
    main,
    need_of,
    usd_of,
)
from vitrine.config.environment import ROOT

COSTS = Costs(
    read_us=(500.0, 100.0),
    batch_us=(2_000.0, 1_000.0),
    console_ms=(30.0, 10.0),
    rolled_a_second=10_000.0,
    event_bytes=100.0,
    measure_bytes=400.0,
    cook_s=36.0,
    original_bytes=2_000_000.0,
    web_bytes=400_000.0,
    preview_bytes=60_000.0,
    product_bytes=10_000.0,
    kept_bytes=2_000.0,
    ramp_ms=(4.0, 2.0),
)


def test_the_page_says_what_comes_of_the_figures() -> None:
    # As people start it: without the settings that Django's tests bring.
    plain = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}  # noqa: TID251

    done = subprocess.run([sys.executable, "-m", "bench.scale", "--check"], cwd=ROOT, env=plain, check=False)

    assert done.returncode == 0, "run: python -m bench.scale"


def test_a_page_that_says_otherwise_is_found_and_mended(tmp_path: Path) -> None:
    page = tmp_path / "scale.md"
    page.write_text(PAGE.read_text().replace("| web and API servers |", "| nobody |"))
    asked = [str(RESULTS), str(LOAD), "--page", str(page)]

    assert main([*asked, "--check"]) == 1
    main(asked)

    assert page.read_text() == PAGE.read_text()


def test_costs_are_read_where_the_bench_wrote_them() -> None:
    costs = costs_of(RESULTS.read_text(), LOAD.read_text())

    row = next(line for line in RESULTS.read_text().splitlines() if line.startswith("| ours, a stranger |"))
    assert f"| {costs.read_us[0]:.0f} | {costs.read_us[1]:.0f} |" in row
    assert f"web {costs.ramp_ms[0]:.3f} ms" in LOAD.read_text()
    assert 1 < costs.cook_s < 1_000
    assert costs.preview_bytes < costs.web_bytes < costs.original_bytes


def test_a_figure_that_is_missing_is_named() -> None:
    with pytest.raises(AssertionError, match="a stranger"):
        costs_of(RESULTS.read_text().replace("ours, a stranger", "gone"), LOAD.read_text())


def test_a_view_costs_its_reads_its_batch_and_its_share_of_the_console() -> None:
    # (0.6 + 0.02) × 0.5 + 2 + 0.002 × 30, and (0.6 + 0.02) × 0.1 + 1 + 0.002 × 10
    assert COSTS.view_ms == pytest.approx((2.37, 1.082))
    assert COSTS.stored_bytes == 2_000_000 + 4 * 400_000 + 60_000 + 40_000


def test_needs_worked_out_by_hand() -> None:
    need = need_of(COSTS, 1_000_000, 100_000_000)
    peak = 3 * 100_000_000 / (730 * 3600)

    assert need.web_cores == pytest.approx(peak * 0.00237 / 0.6)
    assert need.database_cores == pytest.approx((peak * 0.001082 + 5 * peak / 10_000) / 0.6)
    assert need.events_gb == pytest.approx(250)
    assert need.database_gb == pytest.approx(260)
    assert need.valkey_gb == pytest.approx(2)
    assert need.files_tb == pytest.approx(3.7)
    assert need.cdn_tb == pytest.approx(50)
    assert need.cook_hours == pytest.approx(10_000)


def test_what_is_full_is_full_at_the_views_that_were_worked_out() -> None:
    for part in THEN:
        views = full_at(COSTS, 1_000_000, part)
        if views < 1e12:
            assert need_of(COSTS, 1_000_000, round(views)).of_large(COSTS)[part] == pytest.approx(1)
    # 4 TB less 10 GB of products, at 2,500 bytes a view
    assert LARGE.database_gb == 1_000
    assert full_at(COSTS, 1_000_000, "database, disk") == pytest.approx(3_990e9 / 2_500)


def test_costs_follow_the_prices_of_aws() -> None:
    usd = usd_of(need_of(COSTS, 1_000_000, 100_000_000))

    assert usd["CDN, firewall"] == pytest.approx(50_000 * 0.085 + 8 * 100 * 1.6)
    assert usd["Valkey"] == pytest.approx(3 * HOURS * 0.174)
    # 10,000 hours of a core with 4 GiB on Spot
    assert usd["cook all once"] == pytest.approx(10_000 * 0.3 * (0.04048 + 4 * 0.004445))
