"""Prim names: ASCII identifiers, unique among siblings, as near to the model's own as that allows."""

import re
from dataclasses import dataclass, field

_LONGEST = 64


@dataclass(slots=True)
class Names:
    """Remembers what is taken below each parent."""

    taken: dict[str, set[str]] = field(default_factory=dict)

    def take(self, parent: str, wish: str) -> str:
        """A free name below `parent`, now taken."""
        name = re.sub(r"[^A-Za-z0-9_]", "_", wish)[:_LONGEST] or "_"
        if name[0].isdigit():
            name = f"_{name}"
        siblings, free, number = self.taken.setdefault(parent, set()), name, 1
        while free in siblings:
            free, number = f"{name}_{number}", number + 1
        siblings.add(free)
        return free
