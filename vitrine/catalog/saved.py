"""Views of the library that somebody named: a search with its filters and its order, kept as the list's own query.

A collection is one of these whose filter is a tag.
"""

import uuid
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet

from vitrine.access.audit import note
from vitrine.access.models import User
from vitrine.errors import Conflict

MOST_VIEWS = 100


class SavedView(models.Model):
    """`owner` is empty for one that the whole team shares. `query` is what stands behind the ? of the list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2_000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], nulls_distinct=False, name="view_name_once")
        ]

    @property
    def shared(self) -> bool:
        return self.owner_id is None


def seen_by(person: User) -> QuerySet[SavedView]:
    """The team's and one's own, by name."""
    return SavedView.objects.filter(Q(owner=None) | Q(owner=person)).order_by("name", "id")


def save(*, by: User, name: str, query: str, shared: bool) -> SavedView:
    """A new one. Conflict when the name is taken, or there are too many."""
    owner = None if shared else by
    have = SavedView.objects.filter(owner=owner).count()
    if have >= MOST_VIEWS:
        raise Conflict(
            f"There are {have} saved views already; at most {MOST_VIEWS} are kept. Delete one first."
        )
    return _saved(SavedView(owner=owner, name=name, query=query), "view.created")


def change(view: SavedView, *, by: User, **fields: Any) -> SavedView:
    """Set name, query and `shared`."""
    if "shared" in fields:
        view.owner = None if fields.pop("shared") else by
    for name, value in fields.items():
        setattr(view, name, value)
    return _saved(view, "view.changed")


def remove(view: SavedView) -> None:
    """The view alone: no product goes with it."""
    with transaction.atomic():
        note("view.deleted", target=("view", view.pk))
        view.delete()


def _saved(view: SavedView, action: str) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
            note(action, target=("view", view.pk))
    except IntegrityError as error:
        shared = f"The team has a view named “{view.name}” already. Choose another name."
        own = f"You have a view named “{view.name}” already. Choose another name."
        raise Conflict(shared if view.shared else own) from error
    return view
