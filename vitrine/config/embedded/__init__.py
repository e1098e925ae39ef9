"""PostgreSQL and Valkey of our own, for a machine that brings none. See `users.py` for how they live."""

from vitrine.config.embedded.users import Servers, ensure, leave, mend

__all__ = ["Servers", "ensure", "leave", "mend"]
