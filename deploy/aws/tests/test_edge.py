"""What CloudFront keeps, lets through and says."""

import re
from typing import Any

from aws_cdk.assertions import Match

from tests.conftest import ROOT, Made


def test_floods_are_stopped_before_they_come_to_us(made: Made) -> None:
    made.edge.has_resource_properties("AWS::WAFv2::WebACL", {"Scope": "CLOUDFRONT"})
    (acl,) = made.edge.find_resources("AWS::WAFv2::WebACL").values()
    rates = {
        one["Name"]: one["Statement"]["RateBasedStatement"]["Limit"]
        for one in acl["Properties"]["Rules"]
        if "RateBasedStatement" in one["Statement"]
    }
    limits = (ROOT / "vitrine/access/limits.py").read_text()
    allowed = dict(re.findall(r"Kind\.(\w+): Limit\(per_s=([\d_]+)", limits))
    assert rates == {"Logins": 300 * int(allowed["AUTH"]), "Requests": 300 * int(allowed["FILES"])}
    assert made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]["WebACLId"]


def behaviour(made: Made, path: str) -> dict[str, Any]:
    found = made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]
    one: dict[str, Any] = next(each for each in found["CacheBehaviors"] if each["PathPattern"] == path)
    return one


def policy(made: Made, used: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = made.of("CloudFront::CachePolicy")[used["CachePolicyId"]["Ref"]][
        "CachePolicyConfig"
    ]
    return config


def test_files_are_kept_long_and_by_their_own_names(made: Made) -> None:
    kept = policy(made, behaviour(made, "/files/*"))
    parameters = kept["ParametersInCacheKeyAndForwardedToOrigin"]
    assert kept["DefaultTTL"] == kept["MaxTTL"] == 365 * 86_400
    assert parameters["EnableAcceptEncodingBrotli"] is True
    for part in ("Headers", "Cookies", "QueryStrings"):
        config = next(value for name, value in parameters.items() if name.startswith(part))
        assert list(config.values()) == ["none"]


def test_answers_are_kept_as_they_say_and_never_for_another_person(made: Made) -> None:
    answers = policy(made, behaviour(made, "/api/*"))
    parameters = answers["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (answers["MinTTL"], answers["DefaultTTL"]) == (0, 0)
    assert "Authorization" in parameters["HeadersConfig"]["Headers"]
    assert parameters["CookiesConfig"]["Cookies"] == ["__Host-sessionid"]
    assert parameters["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert parameters["EnableAcceptEncodingBrotli"] is True
    said = (ROOT / "vitrine/api/answers.py").read_text()
    assert 'PUBLIC = "public, max-age=30, stale-while-revalidate=300"' in said


def test_files_come_from_the_bucket_for_who_has_a_signature_and_for_nobody_else(made: Made) -> None:
    files = behaviour(made, "/files/*")
    distribution = made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]
    origin = next(one for one in distribution["Origins"] if one["Id"] == files["TargetOriginId"])
    assert origin["OriginAccessControlId"]
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    assert [one["EventType"] for one in files["FunctionAssociations"]] == ["viewer-request"]
    assert files["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    made.template.has_resource_properties(
        "AWS::CloudFront::OriginAccessControl",
        {
            "OriginAccessControlConfig": Match.object_like(
                {"SigningBehavior": "always", "SigningProtocol": "sigv4"}
            )
        },
    )


def test_files_say_to_browsers_what_the_service_would_say(made: Made) -> None:
    (config,) = (
        one["ResponseHeadersPolicyConfig"] for one in made.of("CloudFront::ResponseHeadersPolicy").values()
    )
    cors = config["CorsConfig"]
    assert cors["AccessControlAllowOrigins"] == {"Items": ["*"]}
    assert cors["AccessControlAllowCredentials"] is False
    own = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}
    served = (ROOT / "vitrine/storefront/delivery.py").read_text()
    for header, value in own.items():
        assert f'"{header}": "{value}"' in served
    assert f'"{", ".join(cors["AccessControlExposeHeaders"]["Items"])}"' in served
    assert config["ServerTimingHeadersConfig"] == {"Enabled": True, "SamplingRate": 100}
    assert config["SecurityHeadersConfig"]["ContentTypeOptions"] == {"Override": True}


def test_requests_are_written_down_where_they_are_counted(made: Made) -> None:
    logging = made.only("CloudFront::Distribution", "Cdn")["DistributionConfig"]["Logging"]

    assert (logging["Prefix"], logging.get("IncludeCookies", False)) == ("cdn/", False)
