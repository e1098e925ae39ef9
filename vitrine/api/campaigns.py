"""/api/campaigns/: many products cooked again by one order, and what is made of the results."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.products import writer
from vitrine.api.repeats import id_for, repeatable
from vitrine.api.shapes import NAME_LENGTH, QualityField, TaskError, base_url, given_in
from vitrine.processing import campaigns
from vitrine.processing.gains import Standing, gain_of, standing_of
from vitrine.processing.intake import Wishes
from vitrine.processing.models import Campaign, CampaignItem
from vitrine.wording import worded_failure

_PAGE = 100


class CampaignFields(QualityField):
    """The products' models are cooked again like this; what shoppers see changes only for what is promoted."""

    name = Words(max_length=NAME_LENGTH)
    product_ids = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=campaigns.MOST
    )


class SomeProducts(serializers.Serializer[Any]):
    """Without `product_ids`: all of the campaign. At most 200 are done in a call: call again while `left` is more."""

    product_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=campaigns.MOST
    )


class CountsOut(serializers.Serializer[Any]):
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    ready = serializers.IntegerField()
    failed = serializers.IntegerField()
    promoted = serializers.IntegerField()
    dropped = serializers.IntegerField()


class CampaignOut(serializers.Serializer[Any]):
    """`before_bytes` and `after_bytes`: what shoppers on a desktop download, of products that have both and were not
    dropped. `worst_ssim` is the lowest of the new versions, null before there is one."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    products = serializers.IntegerField()
    counts = CountsOut()
    before_bytes = serializers.IntegerField()
    after_bytes = serializers.IntegerField()
    worst_ssim = serializers.FloatField(allow_null=True)
    page = serializers.URLField()


class CampaignsOut(serializers.Serializer[Any]):
    results = CampaignOut(many=True)


class CampaignItemOut(serializers.Serializer[Any]):
    """`before` and `after` are versions' numbers, null where nothing was shown or made."""

    product_id = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=[one.value for one in Standing])
    task_id = serializers.UUIDField(allow_null=True)
    before = serializers.IntegerField(allow_null=True)
    after = serializers.IntegerField(allow_null=True)
    before_bytes = serializers.IntegerField(allow_null=True)
    after_bytes = serializers.IntegerField(allow_null=True)
    ssim = serializers.FloatField(allow_null=True)
    error = TaskError(allow_null=True)


class CampaignItemsOut(serializers.Serializer[Any]):
    results = CampaignItemOut(many=True)
    next = serializers.URLField(allow_null=True)


class ItemsQuery(serializers.Serializer[Any]):
    after = serializers.IntegerField(required=False, min_value=0, max_value=2**62, default=0)


class DecidedOut(serializers.Serializer[Any]):
    """`changed`: those whose product somebody else has published, hidden or deleted meanwhile; they stay so."""

    done = serializers.IntegerField()
    changed = serializers.IntegerField()
    left = serializers.IntegerField()


class Campaigns(APIView):
    @extend_schema(operation_id="list_campaigns", responses=CampaignsOut)
    def get(self, request: Request) -> Response:
        found = Campaign.objects.order_by("-created_at")[:_PAGE]
        shapes = [campaign_shape(one, base_url(request)) for one in found]
        return private({"results": shapes})

    @extend_schema(operation_id="create_campaign", request=CampaignFields, responses={201: CampaignOut})
    @repeatable
    def post(self, request: Request) -> Response:
        order = CampaignFields(data=request.data)
        order.is_valid(raise_exception=True)
        said = order.validated_data
        wishes = Wishes(publish=False, quality=said["quality"], **given_in(said))
        campaign = Campaign(id=id_for(request), name=said["name"])
        campaigns.begin(campaign, said["product_ids"], wishes, by=writer(request))
        return self.made(request, campaign.pk)

    def made(self, request: Request, campaign_id: UUID) -> Response:
        """The answer that a campaign was made; 404 when it was not."""
        shape = campaign_shape(get_object_or_404(Campaign, pk=campaign_id), base_url(request))
        location = f"{base_url(request)}/api/campaigns/{campaign_id}/"
        return private(shape, status=201, headers={"Location": location})


class OneCampaign(APIView):
    @extend_schema(operation_id="read_campaign", responses=CampaignOut)
    def get(self, request: Request, campaign_id: UUID) -> Response:
        campaign = get_object_or_404(Campaign, pk=campaign_id)
        return private(campaign_shape(campaign, base_url(request)))


class CampaignItems(APIView):
    @extend_schema(operation_id="list_campaign_items", responses=CampaignItemsOut, parameters=[ItemsQuery])
    def get(self, request: Request, campaign_id: UUID) -> Response:
        asked = ItemsQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        campaign = get_object_or_404(Campaign, pk=campaign_id)
        found = campaigns.page_of(campaign, after=asked.validated_data["after"], size=_PAGE)
        last = found[-1].pk if len(found) == _PAGE else None
        here = f"{base_url(request)}/api/campaigns/{campaign_id}/items"
        shape = {"results": list(map(item_shape, found)), "next": last and f"{here}?after={last}"}
        return private(shape)


class Promote(APIView):
    @extend_schema(operation_id="promote_campaign", request=SomeProducts, responses=DecidedOut)
    def post(self, request: Request, campaign_id: UUID) -> Response:
        return Response(asdict(campaigns.promote(*_which(request, campaign_id))))


class Drop(APIView):
    @extend_schema(operation_id="drop_campaign", request=SomeProducts, responses=DecidedOut)
    def post(self, request: Request, campaign_id: UUID) -> Response:
        return Response(asdict(campaigns.drop(*_which(request, campaign_id))))


class RollBack(APIView):
    @extend_schema(operation_id="roll_back_campaign", request=SomeProducts, responses=DecidedOut)
    def post(self, request: Request, campaign_id: UUID) -> Response:
        return Response(asdict(campaigns.roll_back(*_which(request, campaign_id))))


def campaign_shape(campaign: Campaign, base: str) -> Mapping[str, Any]:
    gain = gain_of(campaign)
    return {
        "id": str(campaign.pk),
        "name": campaign.name,
        "created_at": campaign.created_at,
        "products": gain.products,
        "counts": gain.counts,
        "before_bytes": gain.before_bytes,
        "after_bytes": gain.after_bytes,
        "worst_ssim": gain.worst_ssim,
        "page": f"{base}/campaigns/{campaign.pk}",
    }


def item_shape(item: CampaignItem) -> Mapping[str, Any]:
    made = item.job.made_version if item.job else None
    return {
        "product_id": str(item.product_id),
        "name": item.product.name,
        "status": standing_of(item),
        "task_id": str(item.job_id) if item.job_id else None,
        "before": item.before.number if item.before else None,
        "after": made.number if made else None,
        "before_bytes": getattr(item, "before_bytes", None),
        "after_bytes": getattr(item, "after_bytes", None),
        "ssim": getattr(item, "ssim", None),
        "error": worded_failure(item.error or (item.job.error if item.job else None)),
    }


def _which(request: Request, campaign_id: UUID) -> tuple[Campaign, list[UUID] | None]:
    said = SomeProducts(data=request.data)
    said.is_valid(raise_exception=True)
    return get_object_or_404(Campaign, pk=campaign_id), said.validated_data.get("product_ids")
