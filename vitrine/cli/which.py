"""Which product is meant: by its id, the beginning of one, or the address of its page."""

import re
from itertools import islice
from uuid import UUID

from vitrine.cli.desk import WrongUse
from vitrine.client.service import Vitrine

SHORT = 8
_SEARCHED = 20_000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def product_id(service: Vitrine, said: str) -> str:
    """WrongUse when it means none, or more than one."""
    if found := _ID.search(said):
        return str(UUID(found[0]))
    wanted = said.lower()
    if not re.fullmatch(r"[0-9a-f-]{4,}", wanted):
        raise WrongUse(
            f"{said} is no product's id, nor 4 or more of its first digits, nor its page's address."
        )
    meant = [
        (one["id"], one["name"])
        for one in islice(service.products(), _SEARCHED)
        if one["id"].startswith(wanted)
    ]
    if not meant:
        raise WrongUse(f"No product's id begins with {said} (among the {_SEARCHED:,} newest).")
    if len(meant) > 1:
        told = "".join(f"\n  {one}  {name}" for one, name in meant[:10])
        raise WrongUse(f"{said} is the beginning of {len(meant)} ids; give more of it:{told}")
    return meant[0][0]


def short(product_id: str) -> str:
    return product_id[:SHORT]
