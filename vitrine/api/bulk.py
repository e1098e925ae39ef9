"""/api/assets/3d/bulk: the same done to many products; and bringing back one that was deleted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.parsers import Json
from vitrine.api.products import readable_product, shown, writer
from vitrine.api.repeats import repeatable
from vitrine.api.shapes import CookingFields, ProductOut, TaskError, given_in
from vitrine.catalog import publishing
from vitrine.processing.bulk import MOST_AT_ONCE, Act, Order, Outcome, Result, carry_out
from vitrine.processing.intake import Wishes
from vitrine.wording import worded_failure


class TagsField(serializers.ListField):
    child = Words(max_length=60)


class BulkFields(serializers.Serializer[Any]):
    """What to do, and to which products. `add_tags` and `remove_tags` go with `tag`, and `optimize` with `optimize`."""

    action = serializers.ChoiceField(
        choices=[one.value for one in Act],
        error_messages={"invalid_choice": f'"{{input}}" is none of {", ".join(Act)}.'},
    )
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)
    add_tags = TagsField(max_length=publishing.MOST_TAGS, required=False, default=list)
    remove_tags = TagsField(max_length=publishing.MOST_TAGS, required=False, default=list)
    optimize = CookingFields(required=False)

    def validate(self, fields: dict[str, Any]) -> dict[str, Any]:
        if fields["action"] == Act.TAG and not (fields["add_tags"] or fields["remove_tags"]):
            raise serializers.ValidationError({"add_tags": "Name a tag to add, or one in remove_tags."})
        return fields


class OutcomeOut(serializers.Serializer[Any]):
    """What became of one product. `waiting`: it goes public by itself once its checks have passed. `error` says why it
    was `refused`, and `task_id` is the job of `optimize`."""

    id = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    result = serializers.ChoiceField(choices=[one.value for one in Result])
    task_id = serializers.UUIDField(allow_null=True)
    error = TaskError(allow_null=True)


class BulkOut(serializers.Serializer[Any]):
    """One for each id, in their order."""

    results = OutcomeOut(many=True)


class Bulk(APIView):
    parser_classes = [Json]

    @extend_schema(operation_id="change_products", request=BulkFields, responses=BulkOut)
    @repeatable
    def post(self, request: Request) -> Response:
        """Each product for itself: one that is refused holds up none of the others, and the answer is 200 all the same.
        Whatever is sent again changes nothing that has been done."""
        fields = BulkFields(data=request.data)
        fields.is_valid(raise_exception=True)
        outcomes = carry_out(_order(request, fields.validated_data), fields.validated_data["ids"])
        shapes = [_shape(outcome) for outcome in outcomes]
        return private({"results": shapes})


class Restore(APIView):
    @extend_schema(operation_id="restore_product", request=None, responses=ProductOut)
    def post(self, request: Request, product_id: UUID) -> Response:
        """Bring a deleted product back just as it was, for as long as its files are kept."""
        publishing.restore(product_id)
        return shown(request, readable_product(request, product_id))


def _order(request: Request, fields: dict[str, Any]) -> Order:
    cooking = fields.get("optimize") or {"quality": 0.98, "publish": "auto"}
    return Order(
        act=Act(fields["action"]),
        by=writer(request),
        add_tags=fields["add_tags"],
        remove_tags=fields["remove_tags"],
        wishes=Wishes(publish=cooking["publish"] == "auto", quality=cooking["quality"], **given_in(cooking)),
    )


def _shape(outcome: Outcome) -> Mapping[str, Any]:
    error = outcome.error
    return {
        "id": str(outcome.product_id),
        "name": outcome.name,
        "result": outcome.result,
        "task_id": None if outcome.job_id is None else str(outcome.job_id),
        "error": worded_failure(error.kept()) if error else None,
    }
