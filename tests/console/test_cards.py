"""What a product's card says."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.builders import a_product, file_address
from vitrine.catalog import queries
from vitrine.catalog.models import Product, Status, Variant
from vitrine.console.cards import STEP_WORDS, Card, Proof, cards_of
from vitrine.console.sizes import size_words
from vitrine.pipeline.bench import Bench
from vitrine.pipeline.recipes import check, standard
from vitrine.pipeline.work import Format, Kind
from vitrine.processing.models import Job, State

pytestmark = pytest.mark.django_db


def card_of(product: Product) -> Card:
    return cards_of([queries.products(include_unpublished=True).get(pk=product.pk)])[0]


def a_job_on(product: Product, **fields: Any) -> Job:
    defaults: dict[str, Any] = {"recipe": "standard", "options_key": f"{Job.objects.count():064}"}
    return Job.objects.create(version=product.shown_version, **defaults | fields)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (99_400, "99 kB"),
        (100_000, "0.1 MB"),
        (8_900_000, "8.9 MB"),
        (2_560_000_000, "2.6 GB"),
    ],
)
def test_sizes_are_told_in_powers_of_ten(count: int, words: str) -> None:
    assert size_words(count) == words


def test_what_was_saved_is_the_upload_against_the_web_file() -> None:
    product = a_product(variants=(Kind.WEB, Kind.ANDROID))
    product.versions.update(size=8_900_000)
    Variant.objects.filter(kind=Kind.WEB).update(size=420_000)

    assert card_of(product).sizes == "8.9 MB → 0.4 MB"


def test_nothing_saved_is_no_arrow() -> None:
    product = a_product(variants=(Kind.WEB,))
    product.versions.update(size=420_000)
    Variant.objects.update(size=420_000)

    assert card_of(product).sizes == "0.4 MB"


def test_the_picture_is_the_thumbnail_else_the_poster() -> None:
    both = card_of(a_product(variants=(Kind.POSTER, Kind.THUMBNAIL)))
    poster = card_of(a_product(variants=(Kind.POSTER,), published=False))
    neither = card_of(a_product())

    assert both.picture == file_address(both.product, Kind.THUMBNAIL)
    assert poster.picture == file_address(poster.product, Kind.POSTER)
    assert neither.picture == ""


def test_the_picture_from_all_around_is_the_turntable_where_there_is_one() -> None:
    turned = card_of(a_product(variants=(Kind.THUMBNAIL, Kind.TURNTABLE)))

    assert turned.around == file_address(turned.product, Kind.TURNTABLE)
    assert card_of(a_product(variants=(Kind.THUMBNAIL,))).around == ""


def test_the_proof_is_the_web_file_s() -> None:
    product = a_product(variants=(Kind.WEB,))
    unproven = card_of(product)
    Variant.objects.update(proof={"ssim": 0.991, "bound": 0.98, "passed": True})

    assert unproven.proof == Proof(ssim=None, passed=False)
    assert card_of(product).proof == Proof(ssim=0.991, passed=True)
    Variant.objects.update(proof={"ssim": 0.91, "bound": None, "passed": True})
    assert card_of(product).proof == Proof(ssim=0.91, passed=True, to_fit=True)


def test_the_newest_job_speaks() -> None:
    product = a_product()
    a_job_on(product, state=State.FAILED, error={"title": "Old", "detail": "gone"})
    a_job_on(product, state=State.PROCESSING, step="proof", progress=0.5)

    card = card_of(product)

    assert (card.working, card.failed, card.step, card.fault) == (
        True,
        False,
        "Comparing it with the original",
        {},
    )


def test_every_step_of_every_recipe_has_words() -> None:
    steps = {step.name for recipe in (standard(), check()) for step in recipe.steps} | {"fetch", "store"}

    assert {step.partition("-")[0] for step in steps} <= STEP_WORDS.keys()


def test_a_further_try_of_a_step_is_the_same_work() -> None:
    product = a_product()
    a_job_on(product, state=State.PROCESSING, step="optimize-2")

    assert card_of(product).step == "Making it small"


def test_a_step_that_has_no_words_is_work_all_the_same() -> None:
    product = a_product()
    a_job_on(product, state=State.PROCESSING, step="polish")

    assert card_of(product).step == "Working"


def test_a_failed_job_says_why() -> None:
    product = a_product(published=False, status=Status.FAILED)
    a_job_on(product, state=State.FAILED, error={"code": "x", "title": "Too wild", "detail": "Tame it."})

    card = card_of(product)

    assert (card.fault["title"], card.fault["detail"]) == ("Too wild", "Tame it.")
    assert not card.can_publish


def test_a_wish_to_publish_is_told_while_the_job_runs() -> None:
    product = a_product(published=False, publish_wished=True)
    job = a_job_on(product)

    assert card_of(product).publishes_later
    Job.objects.filter(pk=job.pk).update(publish=False)
    assert not card_of(product).publishes_later


@pytest.mark.parametrize("converter", [None, Path("/opt/converter/bin/python")])
def test_a_usdz_can_be_optimized_only_where_a_converter_is(
    settings: Settings, converter: Path | None
) -> None:
    settings.PIPELINE = Bench(converter=converter)
    product = a_product()
    product.versions.update(source_format=Format.USDZ)

    assert card_of(product).can_optimize == (converter is not None)


def test_a_page_of_cards_takes_as_many_queries_as_one() -> None:
    def queries_for_a_page() -> int:
        with CaptureQueriesContext(connection) as captured:
            for card in cards_of(list(queries.products(include_unpublished=True))):
                assert card.sizes
                assert card.picture
        return len(captured)

    a_product(variants=(Kind.THUMBNAIL, Kind.WEB))
    for_one = queries_for_a_page()
    for _ in range(4):
        a_job_on(a_product(variants=(Kind.THUMBNAIL, Kind.WEB)))

    assert queries_for_a_page() == for_one
