"""The page that people read says what the code does."""

from vitrine.config.environment import ROOT
from vitrine.config.permissions_page import permissions_page


def test_the_page_of_permissions_is_the_one_that_the_code_makes() -> None:
    assert (ROOT / "docs" / "permissions.md").read_text() == permissions_page()
