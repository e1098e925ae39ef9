"""The same done to many products: each for itself, so that one that cannot be changed holds up none of the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from vitrine.access.models import User
from vitrine.catalog import publishing
from vitrine.catalog.models import Product
from vitrine.errors import NotFound, Refused
from vitrine.processing.intake import Wishes, optimize

MOST_AT_ONCE = 100


class Act(StrEnum):
    """What can be done to many. Each may be done twice, and the second time changes nothing."""

    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    TAG = "tag"
    OPTIMIZE = "optimize"
    DELETE = "delete"
    RESTORE = "restore"


class Result(StrEnum):
    """What became of one. WAITING: it goes public by itself once its checks have passed."""

    DONE = "done"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`add_tags` and `remove_tags` are for TAG, `wishes` for OPTIMIZE."""

    act: Act
    by: User
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`name` is empty for what is not there; `error` says why it was refused; `job_id` is of OPTIMIZE."""

    product_id: UUID
    name: str
    result: Result
    error: Refused | None = None
    job_id: UUID | None = None


def carry_out(order: Order, product_ids: Sequence[UUID]) -> list[Outcome]:
    """One outcome for each, in their order."""
    found = Product.objects.select_related("newest_version__made_from").defer("search").in_bulk(product_ids)
    return [_one(order, product_id, found.get(product_id)) for product_id in dict.fromkeys(product_ids)]


def _one(order: Order, product_id: UUID, product: Product | None) -> Outcome:
    name = product.name if product else ""
    try:
        if product is None:
            raise NotFound("There is no such product, or it was deleted too long ago.")
        result, job_id = _ACTS[order.act](order, product)
    except Refused as error:
        return Outcome(product_id=product_id, name=name, result=Result.REFUSED, error=error)
    return Outcome(product_id=product_id, name=name, result=result, job_id=job_id)


_Done = tuple[Result, UUID | None]
_DONE: _Done = (Result.DONE, None)


def _publish(_: Order, product: Product) -> _Done:
    publishing.change(product, published=True)
    product.refresh_from_db(fields=["published_version"])
    return (Result.DONE if product.published else Result.WAITING, None)


def _unpublish(_: Order, product: Product) -> _Done:
    publishing.change(product, published=False)
    return _DONE


def _tag(order: Order, product: Product) -> _Done:
    publishing.tag(product, add=order.add_tags, remove=order.remove_tags)
    return _DONE


def _optimize(order: Order, product: Product) -> _Done:
    if product.deleted_at is not None:
        raise NotFound("Somebody has deleted this product.")
    return Result.DONE, optimize(
        product.newest_version or product.shown_version, order.wishes, by=order.by
    ).pk


def _delete(_: Order, product: Product) -> _Done:
    if product.deleted_at is None:
        publishing.remove(product)
    return _DONE


def _restore(_: Order, product: Product) -> _Done:
    publishing.restore(product.pk)
    return _DONE


_ACTS: Mapping[Act, Callable[[Order, Product], _Done]] = {
    Act.PUBLISH: _publish,
    Act.UNPUBLISH: _unpublish,
    Act.TAG: _tag,
    Act.OPTIMIZE: _optimize,
    Act.DELETE: _delete,
    Act.RESTORE: _restore,
}
