"""Errors and notices, which are kept in English, are read in the language of the page."""

import pytest
from django.utils.translation import override

from vitrine.wording import Known, in_language, worded

SAID = {
    "The file has {1} bytes; the limit is {2}.": "Die Datei hat {1} Bytes; die Grenze ist {2}.",
    "{1} Send less.": "{1} Senden Sie weniger.",
    "{1}; it is {2}.": "{1}; es ist {2}.",
    "Image {1} has {2} pixels": "Bild {1} hat {2} Pixel",
    "emissive strength": "Leuchtstärke",
    "{1} is left out.": "{1} fehlt.",
    "No. It was moved.": "Nein. Es wurde bewegt.",
}
"""Of an imagined service."""


def read(text: str) -> str:
    return Known(SAID.items()).read(text).text


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
        ("Nobody translated this.", "Nobody translated this."),
        ("", ""),
    ],
)
def test_a_text_is_read_sentence_by_sentence_and_hole_by_hole(english: str, german: str) -> None:
    assert read(english) == german


@pytest.mark.parametrize("name", ["{2}{1}{9}", "%(name)s", "<img src=x>", "\\1", "emissive strength"])
def test_what_a_sender_named_is_said_as_it_is_or_as_one_of_our_own_words(name: str) -> None:
    assert read(f"{name} is left out.") == f"{SAID.get(name, name)} fehlt."


def test_a_text_made_to_be_read_slowly_is_not() -> None:
    """Each hole of each shape could begin anywhere in it; a reading that tries all would not end."""
    text = "The file has " + " bytes; the limit is ; it is Send less. " * 2_000

    assert read(text) == text


def test_english_and_languages_without_a_file_stay_english() -> None:
    with override("en"):
        assert worded("The file is empty (0 bytes).") == "The file is empty (0 bytes)."
    assert in_language("The file is empty (0 bytes).", "fr") == "The file is empty (0 bytes)."
