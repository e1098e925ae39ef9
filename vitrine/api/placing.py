"""The shape of a placement, as an order to optimize names it."""

from typing import Any

from rest_framework import serializers

from vitrine.pipeline.placement import LARGEST, SMALLEST


class PlacementFields(serializers.Serializer[Any]):
    """How a model that was exported wrongly is to stand: turned by degrees about z, then x, then y (as
    `<model-viewer orientation>`), scaled, and with `ground` moved so that the middle of its underside is the origin.
    Always from the file as it was sent; `{}` puts it back."""

    turn_x = serializers.FloatField(min_value=-360, max_value=360, required=False)
    turn_y = serializers.FloatField(min_value=-360, max_value=360, required=False)
    turn_z = serializers.FloatField(min_value=-360, max_value=360, required=False)
    scale = serializers.FloatField(min_value=SMALLEST, max_value=LARGEST, required=False)
    ground = serializers.BooleanField(required=False)
