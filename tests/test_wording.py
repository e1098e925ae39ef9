"""Errors and notices, which are kept in English, are read in the language of the page."""

import json

import pytest
from django.utils.translation import override

from vitrine.config.environment import ROOT
from vitrine.wording import MOST_LETTERS, MOST_TRIALS, Known, Reader, in_language, worded

SAID = {
    "The file has {1} bytes; the limit is {2}.": "Die Datei hat {1} Bytes; die Grenze ist {2}.",
    "{1} Send less.": "{1} Senden Sie weniger.",
    "{1}; it is {2}.": "{1}; es ist {2}.",
    "Image {1} has {2} pixels": "Bild {1} hat {2} Pixel",
    "emissive strength": "Leuchtstärke",
    "{1} is left out.": "{1} fehlt.",
    "No. It was moved.": "Nein. Es wurde bewegt.",
    "You have a view named “{1}” already.": "Sie haben schon eine Ansicht namens „{1}“.",
    "The zip is damaged at {1}.": "Das Zip ist bei {1} beschädigt.",
}
"""Of an imagined service."""

SENTENCES = json.loads((ROOT / "vitrine/locale/de/LC_MESSAGES/sentences.json").read_text())
GERMAN = Known(SENTENCES)


def read(text: str) -> str:
    return Reader(Known(SAID), "de").read(text).text


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("The file has 8 bytes; the limit is 4.", "Die Datei hat 8 Bytes; die Grenze ist 4."),
        ("Emissive strength is left out.", "Leuchtstärke fehlt."),
        ("Image 3 has 9 pixels; it is too much.", "Bild 3 hat 9 Pixel; es ist too much."),
        (
            "The file has 8 bytes; the limit is 4. Send less.",
            "Die Datei hat 8 Bytes; die Grenze ist 4. Senden Sie weniger.",
        ),
        (
            "No. It was moved. Nobody translated this. Emissive strength is left out.",
            "Nein. Es wurde bewegt. Nobody translated this. Leuchtstärke fehlt.",
        ),
        ("The file has  bytes; the limit is .", "The file has  bytes; the limit is ."),
        ("The zip is damaged at 'Oak. Fine.glb'.", "Das Zip ist bei 'Oak. Fine.glb' beschädigt."),
        ("The zip is damaged at 1,200,000.", "Das Zip ist bei 1.200.000 beschädigt."),
        ("0.5 × 1,200 × 2 m is left out.", "0,5 × 1.200 × 2 m fehlt."),
        ("2.0 is left out.", "2.0 fehlt."),
        ("Nobody translated this.", "Nobody translated this."),
        ("", ""),
    ],
)
def test_a_text_is_read_sentence_by_sentence_and_hole_by_hole(english: str, german: str) -> None:
    assert read(english) == german


@pytest.mark.parametrize("name", ["{2}{1}{9}", "%(name)s", "<img src=x>", "\\1", "emissive strength"])
def test_what_a_sender_named_is_said_as_it_is_or_as_one_of_our_own_words(name: str) -> None:
    assert read(f"{name} is left out.") == f"{SAID.get(name, name)} fehlt."


def test_what_stands_in_quotes_is_somebody_s_name_for_something() -> None:
    said = "You have a view named “emissive strength” already."

    assert read(said) == "Sie haben schon eine Ansicht namens „emissive strength“."


def test_a_text_made_to_be_read_slowly_is_given_up_on() -> None:
    """Sentences of ours within sentences of ours, each in several ways."""
    slow = Reader(GERMAN, "de")
    inner = "The PLY says it has 1 of Image 1 is called a but is b; taken as that.; the limit is {1} has 5 elements"
    text = " ".join(f"{inner}; the limit is nodes/{number} hangs under nodes/4." for number in range(8))

    said = slow.read(text)

    assert slow.trials > MOST_TRIALS
    assert "nodes/7" in said.text
    assert in_language("The file is empty (0 bytes). " * MOST_LETTERS, "de").startswith("The file is empty")


def test_our_own_texts_are_far_from_that() -> None:
    for english in SENTENCES:
        reader = Reader(GERMAN, "de")
        reader.read(f"{english} {english} {english}")
        assert reader.trials < MOST_TRIALS / 2, english


def test_english_and_languages_without_a_file_stay_english() -> None:
    with override("en"):
        assert worded("The file is empty (0 bytes).") == "The file is empty (0 bytes)."
    assert in_language("The file is empty (0 bytes).", "fr") == "The file is empty (0 bytes)."
