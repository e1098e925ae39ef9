"""Whatever is noted in the audit log, or told to webhooks, is said in words on the pages."""

import ast
import re
from pathlib import Path

import vitrine
from vitrine.catalog.announcements import AUDITED, Topic
from vitrine.console.product_activity import WORDS as ACTIVITY
from vitrine.console.settings.words import ACTIONS, AREAS, TOPICS

_NOTES = {"note", "audit.note", "_saved", "_each"}
"""The verb, and the two that are handed an action for it."""
_AN_ACTION = re.compile(r"[a-z-]+\.[a-z-]+")


def noted() -> set[str]:
    """Every action that the code writes down: by its name, so that it can be found."""
    trees = [ast.parse(path.read_text()) for path in Path(vitrine.__file__).parent.rglob("*.py")]
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    given = [
        part
        for call in calls
        if ast.unparse(call.func) in _NOTES
        for one in call.args
        for part in ast.walk(one)
    ]
    assert [ast.unparse(one) for one in given if isinstance(one, ast.JoinedStr)] == []
    words = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return {one for one in words if _AN_ACTION.fullmatch(one)} | {topic.value for topic in AUDITED}


def test_every_action_that_is_noted_has_words_and_an_area_to_filter_by() -> None:
    actions = noted()

    assert actions == set(ACTIONS)
    assert [one for one in actions if not one.startswith(tuple(AREAS))] == []
    assert [area for area in AREAS if not any(one.startswith(area) for one in actions)] == []


def test_every_topic_can_be_chosen_for_a_webhook() -> None:
    assert set(TOPICS) == {topic.value for topic in Topic}


def test_what_happens_to_a_product_is_told_on_its_page() -> None:
    about_products = {one for one in noted() if one.startswith(("product.", "version."))}

    # The first has a sentence of its own; of a purged product no page is left.
    assert about_products - set(ACTIVITY) == {"product.updated", "product.purged"}
