"""/api/auth/second-factor: a code from one's phone, asked for at each login."""

from typing import Any

import segno
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.access import one_time, second_factor
from vitrine.access.addresses import address_of
from vitrine.access.login import check_code
from vitrine.api.fields import Words
from vitrine.api.products import writer
from vitrine.errors import NotFound


class CodeIn(serializers.Serializer[Any]):
    otp = Words(max_length=40)


class BegunOut(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="To type into an authenticator app.")
    uri = serializers.CharField(help_text="The same for a QR code.")
    qr_code = serializers.CharField(help_text="That code: an SVG image as a `data:` address.")


class ConfirmedOut(serializers.Serializer[Any]):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(),
        help_text="Shown this once: each is good for one login without the phone.",
    )


class Factor(APIView):
    @extend_schema(operation_id="begin_second_factor", request=None, responses={201: BegunOut})
    def post(self, request: Request) -> Response:
        """It counts once it is confirmed with a code."""
        person = writer(request)
        secret = second_factor.begin(person)
        uri = one_time.address_for_apps(secret, person.username)
        shape = {"secret": secret, "uri": uri, "qr_code": segno.make(uri, error="m").svg_data_uri(border=4)}
        return Response(shape, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="remove_second_factor", request=CodeIn, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Takes a code, or one of those that were written down: a stolen session is not enough."""
        given = CodeIn(data=request.data)
        given.is_valid(raise_exception=True)
        person = writer(request)
        if not person.has_second_factor:
            raise NotFound("There is no second factor to take off.")
        check_code(person, given.validated_data["otp"], address_of(request))
        second_factor.take_off(person, person)
        return Response(status=204)


class Confirmation(APIView):
    @extend_schema(operation_id="confirm_second_factor", request=CodeIn, responses=ConfirmedOut)
    def post(self, request: Request) -> Response:
        given = CodeIn(data=request.data)
        given.is_valid(raise_exception=True)
        codes = second_factor.confirm(writer(request), given.validated_data["otp"])
        return Response({"recovery_codes": codes}, headers={"Cache-Control": "no-store"})


class Codes(APIView):
    @extend_schema(operation_id="draw_recovery_codes", request=CodeIn, responses=ConfirmedOut)
    def post(self, request: Request) -> Response:
        """In place of those before. Takes a code too: a stolen session is not enough."""
        given = CodeIn(data=request.data)
        given.is_valid(raise_exception=True)
        person = writer(request)
        check_code(person, given.validated_data["otp"], address_of(request))
        codes = second_factor.draw_codes(person)
        return Response({"recovery_codes": codes}, headers={"Cache-Control": "no-store"})
