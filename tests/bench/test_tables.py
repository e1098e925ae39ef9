"""The tables of the bench."""

from dataclasses import replace

from bench.figures import Entry, Equal
from bench.heavy import Heavy
from bench.ready import Failed, Waited
from bench.scaling import Scaling
from bench.tables import files_of, means_of, ratios_of, ready_row_of, ready_targets_of, row
from tests.bench.results import a_result, looks


def test_every_file_of_a_model_has_a_row() -> None:
    rows = files_of(a_result(Entry(maker="peer", note="cannot read it")))

    assert rows == [
        "| chair.glb | original | 1,000 | 900 | – | – | – | – | – |  |",
        "| chair.glb | peer | – | – | – | – | – | – | – | cannot read it |",
        "| chair.glb | ours web | 120 | 100 | 0.9900 | 0.9700 | 0.0500 | – | – |  |",
    ]


def test_a_mean_is_of_the_models_that_have_the_ratio() -> None:
    unread = a_result(Entry(maker="peer", note="cannot read it"))

    lines = means_of([a_result(web=50), a_result(web=200), unread], None)

    assert "| bytes ÷ smallest peer | 2 | 0.500 | 1.000 | at most 1.0 |" in lines
    assert "| bytes at equal looks ÷ smallest peer | 0 | – | – | at most 0.75 |" in lines


def test_looks_that_were_not_reached_are_told_and_not_counted() -> None:
    ours = Entry(maker="ours", wire=80, looks=looks(0.985))
    result = replace(a_result(), equal=Equal(peer="peer", quality=0.991, ours=ours))

    assert "| 0.9850 of 0.9910 | not reached |" in ratios_of(result)
    assert "| bytes at equal looks ÷ smallest peer | 0 | – | – | at most 0.75 |" in means_of([result], None)


def test_a_variant_that_grew_is_named_and_its_model_counted() -> None:
    grown = replace(a_result(), grown=("web", "ios"))

    assert ratios_of(grown).endswith("| web, ios |")
    assert "| models with a variant that grew | 2 | – | 1 | 0 |" in means_of([a_result(), grown], None)


def test_the_gain_of_a_second_worker_is_a_ratio_of_wall_times() -> None:
    lines = means_of([], Scaling(model="chair.glb", one_s=90.0, two_s=50.0))

    assert lines[-1] == "| throughput of 2 workers ÷ 1 (chair.glb) | 1 | 1.80 | 1.80 | at least 1.6 |"


def test_the_heaviest_model_is_told_beside_its_limits() -> None:
    heavy = Heavy(
        size=76_000_000,
        triangles=1_002_528,
        engine_peak=1_200_000_000,
        browser_peak=2_000_000_000,
        cpu_s=300.0,
    )

    lines = means_of([], None, heavy)

    assert lines[-3:] == [
        "| MB at most, engine: 1,002,528 triangles in 76 MB | 1 | 1,200 | 1,200 | under 1,500 |",
        "| MB at most, Chromium: 1,002,528 triangles in 76 MB | 1 | 2,000 | 2,000 | under 3,000 |",
        "| CPU s of everything: 1,002,528 triangles in 76 MB | 1 | 300 | 300 | – |",
    ]


def test_a_bar_in_a_reason_does_not_end_its_cell() -> None:
    assert row(["a|b", "c"]) == r"| a\|b | c |"


def test_waits_are_told_as_medians_and_a_failed_job_is_counted_beside_them() -> None:
    waits: list[Waited | Failed] = [
        Waited(model="chair.glb", gate_s=1.0, picture_s=5.0, ready_s=40.0),
        Waited(model="table.glb", gate_s=2.0, picture_s=7.0, ready_s=60.0),
        Failed(model="torn.glb", why="model_broken: it ends too soon"),
    ]

    assert ready_row_of(waits[2]) == "| torn.glb | model_broken: it ends too soon | – | – |"
    assert ready_targets_of(waits)[-1] == (
        "| seconds from upload, median and worst: ready | 2 of 3 | 50.0 | 60.0 | at most 90 |"
    )
