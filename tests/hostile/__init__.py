"""Files that mean harm, or are broken. Each is made by a function, as (name, bytes).

`python -m tests.hostile FOLDER` writes all of them to a folder, to be tried on anything that reads models.
"""

from collections.abc import Callable

from tests.hostile import archives, glbs, meshes, objs, strangers
from tests.hostile.strangers import HostileFile

UNSUPPORTED: tuple[Callable[[], HostileFile], ...] = strangers.UNSUPPORTED
"""What `sniff` turns away at the door."""

REJECTED: tuple[Callable[[], HostileFile], ...] = (
    *glbs.REJECTED,
    *archives.REJECTED,
    *meshes.REJECTED,
    *objs.REJECTED,
)
"""What the import, the gate or the convert step refuses."""
