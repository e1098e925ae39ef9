"""What the library's page offers beside its cards: choices, texts for its script, and all that match."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from vitrine.catalog.models import Product
from vitrine.console.asking import ORDER_WORDS, PUBLISHED_WORDS, STATUS_WORDS, Asked, megabytes
from vitrine.pipeline.work import Format

MOST_MATCHING = 50_000
_MOST_CARDS = 100
_MOST_TAGS = 200
_NEWEST_LOOKED_AT = 20_000
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_SIZES = (100_000, 500_000, 1_000_000, 4_000_000, 10_000_000, 15_000_000, 50_000_000)
_TAGS = """
    SELECT tag, count(*) FROM (
        SELECT unnest(tags) AS tag FROM (
            SELECT tags FROM catalog_product WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT %s
        ) AS newest
    ) AS used GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %s
"""


def choices(asked: Asked) -> list[dict[str, Any]]:
    """The filters to choose from, and what is chosen."""
    formats = {one.value: one.value.upper() for one in Format if one is not Format.WEBP}
    sizes = {str(size): megabytes(str(size)) for size in _SIZES}
    told: tuple[tuple[str, Any, Any, Mapping[Any, Any]], ...] = (
        ("published", _("Shown to shoppers"), _("Published or not"), PUBLISHED_WORDS),
        ("status", _("State"), _("Any state"), STATUS_WORDS),
        ("format", _("Format"), _("Any format"), formats),
        ("size_min", _("At least"), _("Any size"), sizes),
        ("size_max", _("At most"), _("Any size"), sizes),
    )
    return [
        {
            "name": name,
            "label": label,
            "any": whatever,
            "options": _options(known, asked.said.get(name, "")),
        }
        for name, label, whatever, known in told
    ] + [{"name": "ordering", "label": _("Order"), "options": _options(ORDER_WORDS, str(asked.order))}]


def _options(known: Mapping[Any, Any], chosen: str) -> list[dict[str, Any]]:
    """A size that is none of ours is offered too, so that the form says what the address does."""
    offered = {str(value): words for value, words in known.items()}
    if chosen and chosen not in offered:
        offered[chosen] = megabytes(chosen)
    return [{"value": value, "words": words, "chosen": value == chosen} for value, words in offered.items()]


def matching(asked: Asked) -> tuple[list[str], bool]:
    """The ids of all that match, MOST_MATCHING at the most, and whether there are more."""
    here = asked.wanted.of(Product.objects.filter(deleted_at=None)).order_by()
    text = Cast(
        "pk", TextField()
    )  # by the database: making and writing 50,000 UUIDs takes Python most of a second
    ids = list(here.values_list(text, flat=True)[: MOST_MATCHING + 1])
    return ids[:MOST_MATCHING], len(ids) > MOST_MATCHING


def ids_in(text: str) -> list[UUID]:
    """Ids parted by commas, as many as a page of cards may have."""
    return [UUID(one) for one in text.split(",")[:_MOST_CARDS] if _ID.fullmatch(one)]


def tags_in_use() -> list[str]:
    """Those of the newest products, the most usual first: enough to choose from, and quick among millions."""
    with connection.cursor() as cursor:
        cursor.execute(_TAGS, [_NEWEST_LOOKED_AT, _MOST_TAGS])
        return [row[0] for row in cursor.fetchall()]


TEXTS: Mapping[str, Any] = {
    "picked": {"one": _("{count} selected"), "other": _("{count} selected")},
    "pickAll": _("Select all {count} that match"),
    "pickedMost": _("These are the first {count}; more match."),
    "loading": _("Looking …"),
    "loaded": {"one": _("{count} product more"), "other": _("{count} products more")},
    "found": {"one": _("{count} product"), "other": _("{count} products")},
    "working": _("{done} of {all}"),
    "stopped": _("Stopped after {done} of {all}."),
    "publish": {"one": _("{count} product published"), "other": _("{count} products published")},
    "unpublish": {"one": _("{count} product hidden"), "other": _("{count} products hidden")},
    "tag": {"one": _("Tags of {count} product changed"), "other": _("Tags of {count} products changed")},
    "delete": {"one": _("{count} product deleted"), "other": _("{count} products deleted")},
    "restore": {"one": _("{count} product is back"), "other": _("{count} products are back")},
    "deletedOne": _("“{name}” is deleted"),
    "restoredOne": _("“{name}” is back"),
    "waiting": {
        "one": _("{count} goes public once its checks have passed"),
        "other": _("{count} go public once their checks have passed"),
    },
    "refused": {"one": _("{count} was refused"), "other": _("{count} were refused")},
    "andMore": _("and {count} more"),
    "sureDelete": {"one": _("Delete {count} product?"), "other": _("Delete {count} products?")},
    "surePublish": {"one": _("Publish {count} product?"), "other": _("Publish {count} products?")},
    "sureUnpublish": {"one": _("Hide {count} product?"), "other": _("Hide {count} products?")},
    "deleteDetail": _(
        "They disappear at once for everybody, from every page that shows them. You can undo it afterwards."
    ),
    "publishDetail": _("Anyone with the link can see the model, its name and all its metadata."),
    "unpublishDetail": _("Shoppers do not see them any more, on whatever page they are."),
    "tagsOf": {"one": _("Tags of {count} product"), "other": _("Tags of {count} products")},
    "tagsOfOne": _("Tags of “{name}”"),
    "downloadOf": {"one": _("Download {count} product"), "other": _("Download {count} products")},
    "viewSaved": _("The view “{name}” is saved"),
    "viewDeleted": _("The view “{name}” is deleted; no product went with it"),
    "published": _("{name}: published"),
    "notPublished": _("{name}: not published"),
    "retry": _("Try again"),
    "jobWaiting": _("Waiting for its turn"),
    "jobWorking": _("Working"),
    "jobDone": _("{name} is ready"),
    "jobFailed": _("{name} failed. {reason}"),
}
"""For the page's script. `one` and `other` are chosen by the count, in the page's language."""
