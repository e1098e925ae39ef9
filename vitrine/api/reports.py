"""The shape of a version's report."""

from typing import Any

from rest_framework import serializers

from vitrine.pipeline.channels import CHANNELS, Compare, Level
from vitrine.pipeline.judging import Verdict
from vitrine.pipeline.scale import Match

_FILES = sorted({"original", *(channel.kind.value for channel in CHANNELS)})


class ComparedOut(serializers.Serializer[Any]):
    """`found`: a number, a format, or three sides in metres; like `ok` null where there is nothing to measure."""

    found = serializers.JSONField(allow_null=True)
    ok = serializers.BooleanField(allow_null=True)


class SourceOut(serializers.Serializer[Any]):
    title = serializers.CharField()
    url = serializers.URLField()


class RuleOut(serializers.Serializer[Any]):
    """`ours` is null where there is no file of ours for the channel. A rule that is `advice` fails nothing."""

    name = serializers.CharField()
    words = serializers.CharField()
    level = serializers.ChoiceField(choices=[one.value for one in Level])
    compare = serializers.ChoiceField(choices=[*(one.value for one in Compare), "within"])
    limit = serializers.JSONField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    original = ComparedOut()
    ours = ComparedOut(allow_null=True)
    source = SourceOut()  # type: ignore[assignment]  # the contract's name, which DRF has for something else
    date = serializers.CharField()
    advice = serializers.CharField()


class ChannelOut(serializers.Serializer[Any]):
    """`judged_on` is the variant that stands for ours, `file` what to hand over: null when neither passes."""

    channel = serializers.ChoiceField(choices=[one.key for one in CHANNELS])
    title = serializers.CharField()
    judged_on = serializers.ChoiceField(choices=[one for one in _FILES if one != "original"])
    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict])
    file = serializers.ChoiceField(choices=_FILES, allow_null=True)
    rules = RuleOut(many=True)


class SidesField(serializers.ListField):
    child = serializers.FloatField()


class ScaleOut(serializers.Serializer[Any]):
    """The measured size beside metadata.dimensions_m. `factor`: how many times too large the file is."""

    match = serializers.ChoiceField(choices=[one.value for one in Match])
    detail = serializers.CharField()
    measured_m = SidesField(allow_null=True)
    claimed_m = SidesField(allow_null=True)
    tolerance = serializers.FloatField()
    factor = serializers.FloatField(allow_null=True)
    axes = serializers.CharField(allow_null=True)


class NoticeOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class ReportOut(serializers.Serializer[Any]):
    """Empty until a job has looked at the version; of a version as it was sent, without what was made of it."""

    recipe = serializers.DictField(required=False)
    tools = serializers.DictField(required=False)
    source = serializers.DictField(required=False)  # type: ignore[assignment]  # as above
    variants = serializers.DictField(required=False)
    channels = ChannelOut(many=True, required=False)
    scale = ScaleOut(required=False)
    notices = NoticeOut(many=True, required=False)
    steps = serializers.ListField(child=serializers.DictField(), required=False)
    details = serializers.DictField(required=False)
