"""/api/branding/: name, logo and accent colour of the pages for shoppers."""

from collections.abc import Mapping
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vitrine.api.answers import private
from vitrine.api.fields import Words
from vitrine.api.products import writer
from vitrine.catalog import branding
from vitrine.catalog.colours import FORM, Tone
from vitrine.catalog.logos import MOST_BYTES, read_logo


class BrandingIn(serializers.Serializer[Any]):
    """Fields that are not sent stay as they are; empty ones are taken back."""

    name = Words(max_length=branding.NAME_LENGTH, required=False, allow_blank=True)
    accent = serializers.RegexField(
        rf"^{FORM.pattern}\Z", required=False, allow_blank=True, help_text="#rrggbb"
    )


class LogoOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()


class ToneOut(serializers.Serializer[Any]):
    colour = serializers.CharField()
    words = serializers.CharField(help_text="The colour of words on it.")
    contrast = serializers.FloatField(help_text="With the page behind it; 4.5 at least.")


class TonesOut(serializers.Serializer[Any]):
    light = ToneOut()
    dark = ToneOut()


class BrandingOut(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    accent = serializers.CharField(allow_blank=True)
    tones = TonesOut(
        allow_null=True, help_text="As it is shown: the accent, or the nearest that can be read."
    )
    logo = LogoOut(allow_null=True)


class _Picture(BaseParser):
    """{logo: the file's bytes}, and not more than one too many of them."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        return {"logo": bytes(stream.read(MOST_BYTES + 1))}


class Png(_Picture):
    media_type = "image/png"


class Webp(_Picture):
    media_type = "image/webp"


class Branding(APIView):
    @extend_schema(operation_id="read_branding", responses=BrandingOut)
    def get(self, request: Request) -> Response:
        return _answer(branding.Branding.current())

    @extend_schema(operation_id="change_branding", request=BrandingIn, responses=BrandingOut)
    def patch(self, request: Request) -> Response:
        given = BrandingIn(data=request.data)
        given.is_valid(raise_exception=True)
        return _answer(branding.change(writer(request), **given.validated_data))


class Logo(APIView):
    parser_classes = [Png, Webp]

    @extend_schema(
        operation_id="set_logo",
        description="PNG or WebP; at most 1,000,000 bytes and 16 million pixels. It is written anew, smaller.",
        request={"image/png": OpenApiTypes.BINARY, "image/webp": OpenApiTypes.BINARY},
        responses=BrandingOut,
    )
    def put(self, request: Request) -> Response:
        assert isinstance(request.data, Mapping), "the parsers above give nothing else"
        logo = read_logo(request.data.get("logo", b""))
        return _answer(branding.show_logo(writer(request), logo))

    @extend_schema(operation_id="remove_logo", responses={204: None})
    def delete(self, request: Request) -> Response:
        branding.hide_logo(writer(request))
        return Response(status=204)


def _answer(kept: branding.Branding) -> Response:
    return private(_shape(kept))


def _shape(kept: branding.Branding) -> Mapping[str, Any]:
    logo = {"url": kept.logo_path, "width_px": kept.logo_width_px, "height_px": kept.logo_height_px}
    tones = kept.tones
    both = {"light": tones.light, "dark": tones.dark} if tones else {}
    return {
        "name": kept.name,
        "accent": kept.accent,
        "tones": {name: _tone(tone) for name, tone in both.items()} or None,
        "logo": logo if kept.logo_digest else None,
    }


def _tone(tone: Tone) -> Mapping[str, Any]:
    return {"colour": tone.colour, "words": tone.words, "contrast": tone.contrast}
