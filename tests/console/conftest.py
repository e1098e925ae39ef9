"""These tests may use a browser."""

from tests.browsing import browser, visiting

__all__ = ["browser", "visiting"]
