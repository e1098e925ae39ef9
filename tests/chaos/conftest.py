from tests.journey.conftest import prepared

__all__ = ["prepared"]
