"""/settings/webhooks: who is told what happens, and how telling them went."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vitrine.access.guard import guarded
from vitrine.console.settings.slices import Slice
from vitrine.console.settings.words import STATES, TOPICS
from vitrine.outreach.models import MOST_ENDPOINTS, Delivery, Endpoint, State

_SOON = timedelta(seconds=10)
_CHOICES = [(topic, words) for topic, words in TOPICS.items() if topic != "ping"]


@require_safe
@never_cache
@guarded
def webhooks(request: HttpRequest) -> HttpResponse:
    endpoints = Endpoint.objects.order_by("created_at", "id")
    shown = {"endpoints": endpoints, "topics": _CHOICES, "most": MOST_ENDPOINTS}
    return render(request, "console/settings/webhooks.html", shown)


@require_safe
@never_cache
@guarded
def webhook(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint = get_object_or_404(Endpoint.objects.select_related("created_by"), pk=endpoint_id)
    state = request.GET.get("state", "")
    page = deliveries(endpoint, state, request.GET.get("cursor", ""))
    shown = {"endpoint": endpoint, "topics": _CHOICES, "states": STATES.items(), "state": state, "page": page}
    soon = endpoint.enabled and any(_is_due(one) for one in page.rows)
    return render(request, "console/settings/webhook.html", {**shown, "soon": soon})


def deliveries(endpoint: Endpoint, state: str, cursor: str) -> Slice[Delivery]:
    found = Delivery.objects.filter(endpoint=endpoint).select_related("announcement")
    found = found.filter(state=state) if state in State.values else found
    return Slice.of(found, cursor, by="created_at")


def _is_due(delivery: Delivery) -> bool:
    """It will be sent, or have been, in a moment; whoever looks at the page wants to see it."""
    return delivery.state == State.WAITING and delivery.next_at < timezone.now() + _SOON
