"""What is kept and for how long; all that is kept on a person; and its end."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access.models import User
from vitrine.api.answers import PRIVATE, private
from vitrine.api.fields import Words
from vitrine.api.products import writer
from vitrine.api.repeats import id_for, repeatable
from vitrine.errors import Fault, InvalidRequest
from vitrine.privacy import export, retention
from vitrine.privacy.erase import erase
from vitrine.privacy.models import Erasure, Export, RetentionRun, State
from vitrine.privacy.rule import Basis, Rule, Whom
from vitrine.privacy.rules import RULES

_LAST_RUNS = 30
_LOOK_AGAIN_S = 5


class KeptOut(serializers.Serializer[Any]):
    """`days` is null for what does not go by its age: then `until` says when it goes."""

    name = serializers.CharField()
    what = serializers.CharField()
    why = serializers.CharField()
    whom = serializers.ChoiceField(choices=[one.value for one in Whom])
    basis = serializers.ChoiceField(
        choices=[one.value for one in Basis], help_text="The ground, of Art. 6(1) GDPR."
    )
    days = serializers.FloatField(allow_null=True)
    until = serializers.CharField(allow_blank=True)
    ends = serializers.CharField(help_text="What happens then.")
    setting = serializers.CharField(allow_blank=True, help_text="The environment variable that changes it.")


class PrivacyOut(serializers.Serializer[Any]):
    rules = KeptOut(many=True)


class DueOut(serializers.Serializer[Any]):
    rule = serializers.CharField()
    count = serializers.IntegerField(help_text="Rows that a sweep at this moment would take.")


class RunOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    taken = serializers.DictField(child=serializers.IntegerField(), help_text="Rows that went, by rule.")


class RetentionOut(serializers.Serializer[Any]):
    due = DueOut(many=True)
    runs = RunOut(many=True)


class ExportOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    person = serializers.UUIDField()
    state = serializers.ChoiceField(choices=[one.value for one in State])
    size = serializers.IntegerField(allow_null=True, help_text="Bytes of the archive.")
    created_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(help_text="Until when its person can download it.")


class ExportsOut(serializers.Serializer[Any]):
    results = ExportOut(many=True)


class ErasureIn(serializers.Serializer[Any]):
    username = Words(max_length=150, help_text="The person's, once more: this cannot be undone.")


class ErasureOut(serializers.Serializer[Any]):
    person = serializers.UUIDField()
    at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(
        allow_null=True,
        help_text="null while a worker has something left to do: what was counted, and files.",
    )


class Rules(APIView):
    authentication_classes = []

    @extend_schema(operation_id="read_privacy", responses=PrivacyOut, auth=[])
    def get(self, request: Request) -> Response:
        """What is kept, of whom, why, and for how long: what the sweep goes by."""
        return Response({"rules": [rule_shape(rule) for rule in RULES]})


class Retention(APIView):
    @extend_schema(operation_id="read_retention", responses=RetentionOut)
    def get(self, request: Request) -> Response:
        """What the next sweep would take, and what the last ones took."""
        due = [{"rule": one.rule.name, "count": one.count} for one in retention.plan()]
        runs = RetentionRun.objects.order_by("-day").values("day", "began_at", "ended_at", "taken")
        return private({"due": due, "runs": list(runs[:_LAST_RUNS])})


class OwnExport(APIView):
    """One's own."""

    @extend_schema(operation_id="read_own_export", responses=ExportsOut)
    def get(self, request: Request) -> Response:
        return _those_of(writer(request))

    @extend_schema(operation_id="ask_for_own_export", request=None, responses={202: ExportOut})
    @repeatable
    def post(self, request: Request) -> Response:
        person = writer(request)
        return _asked(export.ask(person, by=person, export_id=id_for(request)))


class OwnExportFile(APIView):
    @extend_schema(
        operation_id="download_own_export",
        responses={(200, export.MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The archive: `person.json`, `audit.jsonl`, and files. For its person alone."""
        found, pieces = export.read(writer(request))
        headers = {
            "Content-Disposition": 'attachment; filename="vitrine-export.zip"',
            "Cache-Control": PRIVATE,
        }
        headers["Content-Length"] = str(found.size)
        return StreamingHttpResponse(pieces, content_type=export.MEDIA_TYPE, headers=headers)


class PersonExport(APIView):
    """Another's: an admin asks, the person downloads."""

    @extend_schema(operation_id="read_user_export", responses=ExportsOut)
    def get(self, request: Request, person_id: UUID) -> Response:
        return _those_of(get_object_or_404(User, pk=person_id))

    @extend_schema(operation_id="ask_for_user_export", request=None, responses={202: ExportOut})
    @repeatable
    def post(self, request: Request, person_id: UUID) -> Response:
        person = get_object_or_404(User, pk=person_id)
        return _asked(export.ask(person, by=writer(request), export_id=id_for(request)))


class ErasePerson(APIView):
    @extend_schema(operation_id="erase_user", request=ErasureIn, responses=ErasureOut)
    def post(self, request: Request, person_id: UUID) -> Response:
        """Login, tokens, keys, sessions and names go; what the person made stays, and is nobody's."""
        person = get_object_or_404(User, pk=person_id)
        given = ErasureIn(data=request.data)
        given.is_valid(raise_exception=True)
        _check_meant(person, given.validated_data["username"])
        return private(erasure_shape(erase(person, by=writer(request))))


def _check_meant(person: User, username: str) -> None:
    if username != person.username:
        detail = "This is another name than the person's. Nothing was erased."
        raise InvalidRequest(detail, faults=[Fault("/username", detail)])


def _asked(found: Export) -> Response:
    headers = {"Cache-Control": PRIVATE, "Retry-After": str(_LOOK_AGAIN_S)}
    return Response(export_shape(found), status=202, headers=headers)


def _those_of(person: User) -> Response:
    shapes = [export_shape(one) for one in export.those_of(person)]
    return private({"results": shapes})


def rule_shape(rule: Rule) -> Mapping[str, Any]:
    life = rule.life()
    return {
        "name": rule.name,
        "what": str(rule.what),
        "why": str(rule.why),
        "whom": rule.whom,
        "basis": rule.basis,
        "days": None if life is None else life.total_seconds() / 86_400,
        "until": "" if life else str(rule.until),
        "ends": str(rule.ends),
        "setting": rule.variable,
    }


def export_shape(found: Export) -> Mapping[str, Any]:
    return {
        "id": str(found.pk),
        "person": str(found.person_id),
        "state": found.state,
        "size": found.size,
        "created_at": found.created_at,
        "ready_at": found.ready_at,
        "expires_at": found.expires_at,
    }


def erasure_shape(erasure: Erasure) -> Mapping[str, Any]:
    return {"person": str(erasure.person_id), "at": erasure.at, "done_at": erasure.done_at}
