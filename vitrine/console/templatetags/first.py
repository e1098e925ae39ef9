"""`{% first_minutes %}`: what to do on a fresh installation, ticked by what has really happened; and the demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import QuerySet
from django.utils.translation import gettext

from vitrine.catalog.models import Product, Status
from vitrine.insight.models import Measure
from vitrine.insight.rollup import IN_AR

register = template.Library()

DEMO = {"demo": "vitrine"}
"""In the metadata of the demo products, see `config/demo.py`."""


@dataclass(frozen=True, slots=True)
class Task:
    """`words` teaches what its `title` means."""

    title: str
    words: str
    done: bool


@register.inclusion_tag("console/first.html", takes_context=True)
def first_minutes(context: dict[str, Any]) -> dict[str, Any]:
    """Nothing for those who may not write, and nothing once all is done."""
    user = context.get("user")
    if not getattr(user, "may_write", False):
        return {"tasks": [], "demo": []}
    own, demo = _own(), Product.objects.filter(metadata__contains=DEMO, deleted_at=None)
    tasks = _tasks(own)
    return {
        "tasks": [] if all(task.done for task in tasks) else tasks,
        "done": sum(task.done for task in tasks),
        "demo": [str(pk) for pk in demo.order_by("created_at").values_list("pk", flat=True)[:50]],
    }


def _own() -> QuerySet[Product]:
    return Product.objects.filter(deleted_at=None).exclude(metadata__contains=DEMO)


def _seen_in_ar(products: Sequence[Product]) -> bool:
    """By what was added up: events are many, are found by no product, and go after a month."""
    days = Measure.objects.filter(product_id__in=[one.pk for one in products], span="day", family="more")
    return days.filter(told__has_key=IN_AR).exists()


def _tasks(own: QuerySet[Product]) -> list[Task]:
    newest = list(own.order_by("-created_at").only("status", "published_version")[:200])
    return [
        Task(
            gettext("Upload a model"),
            gettext("A product is a thing you sell; its model is the 3D file. Drop one on this page."),
            bool(newest),
        ),
        Task(
            gettext("See what becomes of it"),
            gettext(
                "From one upload come variants: smaller files for phones, desktops and AR, and a poster, each "
                "compared with your original. The comparison is its proof."
            ),
            any(one.status == Status.READY for one in newest),
        ),
        Task(
            gettext("Publish it for your page"),
            gettext(
                "Published, anyone with the link can see it. “Embed…” on its card has the lines for your shop's page."
            ),
            any(one.published_version_id for one in newest),
        ),
        Task(
            gettext("See it in your room"),
            gettext(
                "Open the product's page on a phone and choose “View in your space”: AR puts it on your floor, in its "
                "true size. It counts as done when a phone has told so."
            ),
            _seen_in_ar(newest),
        ),
    ]
