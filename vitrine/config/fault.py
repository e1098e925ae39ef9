"""Why Vitrine cannot start."""


class SetupFault(Exception):  # named as the house names its errors
    """Something outside the code must change first: one line, with the cure."""
