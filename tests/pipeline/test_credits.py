"""Who made a model is read from its file and stays with every file made of it."""

from pathlib import Path
from typing import Any

import pytest
from pxr import Usd

from tests.gltf_builders import GlbBuilder, a_ball, a_plain_ball
from tests.pipeline.cooking import TOOLS, converted, optimized, variant_json
from vitrine.pipeline.steps.usdz import Usdz
from vitrine.pipeline.work import Kind


def a_signed_ball(asset: dict[str, Any], *, packet: dict[str, Any] | None = None) -> GlbBuilder:
    builder = a_plain_ball()
    builder.json["asset"].update(asset)
    if packet is not None:
        builder.json["asset"]["extensions"] = {"KHR_xmp_json_ld": {"packet": 0}}
        builder.json["extensions"] = {"KHR_xmp_json_ld": {"packets": [packet]}}
        builder.json["extensionsUsed"] = ["KHR_xmp_json_ld"]
    return builder


def an_xmp_packet(**said: Any) -> dict[str, Any]:
    context = {"dc": "http://purl.org/dc/elements/1.1/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
    return {"@context": context, "@id": "", **{f"dc:{name}": value for name, value in said.items()}}


@pytest.mark.parametrize(
    ("asset", "packet", "found"),
    [
        ({}, None, ("", "", "")),
        ({"copyright": "© 2026 Ada"}, None, ("", "", "© 2026 Ada")),
        (
            {
                "extras": {
                    "author": "Ada (https://sketchfab.com/ada)",
                    "license": "CC-BY-4.0",
                    "title": "Ball",
                }
            },
            None,
            ("Ada (https://sketchfab.com/ada)", "CC-BY-4.0", ""),
        ),
        ({}, an_xmp_packet(creator={"@list": ["Ada", "Grace"]}, rights="CC BY"), ("Ada, Grace", "CC BY", "")),
        (
            {},
            an_xmp_packet(
                rights={
                    "@type": "rdf:Alt",
                    "rdf:_1": {"@language": "en", "@value": "All rights reserved"},
                    "rdf:_2": {"@language": "de", "@value": "Alle Rechte vorbehalten"},
                }
            ),
            ("", "All rights reserved", ""),
        ),
        ({"extras": {"author": 7, "license": {"deep": ["er"]}}}, an_xmp_packet(creator=None), ("", "", "")),
        ({"extras": ["author"]}, None, ("", "", "")),
        ({"copyright": "a\n  b" + "c" * 600}, None, ("", "", "a b" + "c" * 497)),
    ],
)
def test_credits_are_found_wherever_they_stand(
    asset: dict[str, Any], packet: dict[str, Any] | None, found: tuple[str, str, str], tmp_path: Path
) -> None:
    facts = converted(a_signed_ball(asset, packet=packet).bytes(), tmp_path).facts

    assert facts is not None
    assert (facts.author, facts.license, facts.copyright) == found


def test_every_variant_says_it(tmp_path: Path) -> None:
    builder = a_ball()
    builder.json["asset"] |= {"copyright": "© Ada", "extras": {"author": "Ada", "license": "CC-BY-4.0"}}

    work = Usdz()(optimized(builder.bytes(), tmp_path), TOOLS)

    kinds = [kind for kind in work.variants if kind is not Kind.IOS]
    assert len(kinds) == 4
    assert {variant_json(work, kind)["asset"]["copyright"] for kind in kinds} == {"© Ada · CC-BY-4.0"}
    stage = Usd.Stage.Open(str(work.variants[Kind.IOS].path))
    assert stage.GetRootLayer().customLayerData == {"copyright": "© Ada · CC-BY-4.0"}


def test_nothing_is_signed_for_those_who_said_nothing(tmp_path: Path) -> None:
    work = optimized(a_plain_ball().bytes(), tmp_path)

    assert "copyright" not in variant_json(work, Kind.ANDROID)["asset"]
