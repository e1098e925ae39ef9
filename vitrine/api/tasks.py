"""/api/tasks/: how jobs are doing."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.shapes import ProductId, TaskOut, TasksOut, task_shape
from vitrine.processing.models import Job, State

_POLL_S = 2


class Tasks(APIView):
    @extend_schema(
        operation_id="list_tasks",
        responses=TasksOut,
        parameters=[OpenApiParameter("product", UUID, description="Only this product's.")],
    )
    def get(self, request: Request) -> Response:
        asked = ProductId(data=request.query_params)
        asked.is_valid(raise_exception=True)
        product = asked.validated_data.get("product")
        found = _jobs().filter(version__product_id=product) if product else _jobs()
        jobs = found.order_by("-created_at")[:100]
        return private({"results": [task_shape(job) for job in jobs]})


class OneTask(APIView):
    @extend_schema(operation_id="read_task", responses=TaskOut)
    def get(self, request: Request, task_id: UUID) -> Response:
        job = get_object_or_404(_jobs(), pk=task_id)
        waiting = {"Retry-After": str(_POLL_S)} if job.state in {State.QUEUED, State.PROCESSING} else {}
        return private(task_shape(job), headers=waiting)


def _jobs() -> QuerySet[Job]:
    return Job.objects.select_related("version", "made_version").filter(version__product__deleted_at=None)
