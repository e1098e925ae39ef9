"""What a list of products can be asked for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from vitrine.api.fields import Words, storable
from vitrine.api.shapes import base_url, product_shape
from vitrine.catalog.finding import ORDERS, Wanted
from vitrine.catalog.models import Status
from vitrine.catalog.pages import Cursor, Order, Page
from vitrine.errors import Fault, InvalidRequest
from vitrine.pipeline.work import Format

PAGE_SIZE = 24
MOST_ON_A_PAGE = 100

_METADATA = "metadata."
_MOST_KEYS = 10
_MOST_LEVELS = 8
_ORDERS = [f"{sign}{name}" for name in ORDERS for sign in ("", "-")]
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_SAID: dict[str, Any] = {"invalid_choice": '"{input}" is not known here.'}


class Moment(serializers.DateTimeField):
    """A day, or a moment with its zone; UTC where it says none."""

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        if not _EARLIEST <= moment < _LATEST:
            raise serializers.ValidationError("Give a time from 1970-01-01 to 9998-12-31.")
        return moment


class Question(serializers.CharField):
    """What somebody typed; a U+0000 stands in no name, so it parts words like any other sign."""

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)).replace("\x00", " ")


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class Tags(serializers.ListField):
    child = Words(max_length=60)


class ListFields(serializers.Serializer[Any]):
    """Filters, all of which must hold. Besides these, `metadata.sku=A-1` asks for a value in the metadata, and
    `metadata.size.width=3` for one further down."""

    q = Question(
        required=False,
        allow_blank=True,
        max_length=1000,
        trim_whitespace=False,
        help_text="Beginnings of words in the name, the tags or `alt`; all must be there.",
    )
    tags = Tags(required=False, max_length=10, help_text="Repeat it to ask for several; all must be there.")
    status = serializers.ChoiceField(choices=Status.values, required=False, error_messages=_SAID)
    format = serializers.ChoiceField(
        choices=[one.value for one in Format], required=False, error_messages=_SAID
    )
    published = serializers.BooleanField(required=False, allow_null=True, default=None)
    size_min = serializers.IntegerField(
        required=False, min_value=0, max_value=2**53, help_text="Bytes, of `size`."
    )
    size_max = serializers.IntegerField(required=False, min_value=0, max_value=2**53, help_text="Bytes.")
    created_after = Moment(required=False, help_text="Then or later.")
    created_before = Moment(required=False, help_text="Before then.")
    updated_after = Moment(required=False, help_text="Then or later.")
    updated_before = Moment(required=False, help_text="Before then.")
    ordering = serializers.ChoiceField(
        choices=_ORDERS, required=False, default="-created_at", error_messages=_SAID
    )
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ON_A_PAGE, default=PAGE_SIZE, help_text="On a page."
    )
    cursor = serializers.CharField(
        required=False, allow_blank=True, max_length=4000, help_text="As `next` or `previous` has it."
    )


def products_page(request: Request) -> Mapping[str, Any]:
    """The page that was asked for, with the addresses of those beside it."""
    fields = ListFields(data=request.query_params)
    fields.is_valid(raise_exception=True)
    asked = dict(fields.validated_data)
    order, limit, cursor = Order.of(asked.pop("ordering")), asked.pop("limit"), asked.pop("cursor", "")
    wanted = Wanted(**{**asked, "tags": tuple(asked.get("tags", ()))}, metadata=_metadata(request))
    page = Page.of(wanted, order, Cursor.read(cursor, order) if cursor else None, limit)
    base = base_url(request)
    return {
        "results": [product_shape(product, base) for product in page.products],
        "next": _link(request, base, page.after),
        "previous": _link(request, base, page.before),
    }


def _metadata(request: Request) -> tuple[tuple[tuple[str, ...], str], ...]:
    asked = {name: str(value) for name, value in request.query_params.items() if name.startswith(_METADATA)}
    if len(asked) > _MOST_KEYS:
        raise _refused("metadata", f"{len(asked)} keys are asked for; at most {_MOST_KEYS} are taken.")
    for name, value in asked.items():
        levels = name.split(".")[1:]
        if not all(levels) or len(levels) > _MOST_LEVELS:
            raise _refused(
                name, f"Name a key after each dot, at most {_MOST_LEVELS} levels, as in metadata.sku."
            )
        if not storable(name) or not storable(value):
            raise _refused(name, "The characters U+0000 and lone surrogates are never kept.")
    return tuple((tuple(name.split(".")[1:]), value) for name, value in asked.items())


def _refused(name: str, detail: str) -> InvalidRequest:
    return InvalidRequest(
        f"{name}: {detail}", faults=[Fault("/" + name.replace("~", "~0").replace("/", "~1"), detail)]
    )


def _link(request: Request, base: str, cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    asked = request.query_params.copy()
    asked["cursor"] = str(cursor)
    return f"{base}{request.path}?{asked.urlencode()}"
