"""What is said with `cdk deploy -c name=value`, read and checked at one place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine_aws.sizes import SIZES, Size

EDGE_FUNCTION = Path(__file__).resolve().parents[2] / "cdn" / "signed_files.js"
"""As it stands in the checkout it knows no key and lets nobody through."""
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_NEEDED = ("account", "region", "domain", "edge_certificate", "certificate", "tag")


class NotChosen(Exception):
    """Something that was said is missing or wrong; the text says which and what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    size: Size
    account: str
    region: str
    domain: str
    """Where shoppers, staff and programs find us, such as assets.example.com."""
    edge_certificate: str
    """ARN of the domain's certificate in us-east-1, for CloudFront."""
    certificate: str
    """ARN of the domain's certificate in the region, for the balancer."""
    repository: str
    """In ECR."""
    tag: str
    """Of the image that serves; the workers' has `-worker` after it."""
    edge_function: Path
    """What `manage.py cdn_function` printed."""
    alarms_to: str | None
    """A mail address."""
    email_url_secret: str | None
    """ARN of a secret with EMAIL_URL."""
    replicate_to: str | None
    """ARN of a versioned bucket in another region that gets a copy of every file."""
    replicate_key: str | None
    """ARN of the key that encrypts there."""
    archive_days: int
    """After so many days originals go to an archive that answers at once; 0: never."""
    deep_archive_days: int
    """After so many days originals go to an archive that has to be asked back; 0, as by default: never."""


def choices_of(said: Mapping[str, Any]) -> Choices:
    """NotChosen where something is missing or cannot be."""
    missing = [name for name in _NEEDED if not said.get(name)]
    if missing:
        raise NotChosen(f"Say -c {'=… -c '.join(missing)}=…: docs/aws.md tells what each is.")
    size = str(said.get("size", "small"))
    if size not in SIZES:
        raise NotChosen(f"size is {size!r}; expected {', '.join(SIZES)}.")
    domain = str(said["domain"])
    if not _DOMAIN.fullmatch(domain):
        raise NotChosen(f"domain is {domain!r}; expected a host's name such as assets.example.com.")
    if said.get("replicate_to") and not said.get("replicate_key"):
        raise NotChosen("replicate_to is said without replicate_key: name the key that encrypts there.")
    archive_days, deep_archive_days = (
        _days(said, "archive_days", default=90),
        _days(said, "deep_archive_days", default=0),
    )
    if 0 < deep_archive_days < archive_days + 90:
        raise NotChosen(
            f"deep_archive_days is {deep_archive_days}; expected 0, or {archive_days + 90} or more: "
            "the archive before it charges for 90 days in any case."
        )
    edge_function = Path(said.get("edge_function") or EDGE_FUNCTION)
    if not edge_function.is_file():
        raise NotChosen(f"edge_function is '{edge_function}', and there is no such file.")
    return Choices(
        size=SIZES[size],
        account=str(said["account"]),
        region=str(said["region"]),
        domain=domain,
        edge_certificate=str(said["edge_certificate"]),
        certificate=str(said["certificate"]),
        repository=str(said.get("repository") or "vitrine"),
        tag=str(said["tag"]),
        edge_function=edge_function,
        alarms_to=said.get("alarms_to"),
        email_url_secret=said.get("email_url_secret"),
        replicate_to=said.get("replicate_to"),
        replicate_key=said.get("replicate_key"),
        archive_days=archive_days,
        deep_archive_days=deep_archive_days,
    )


def _days(said: Mapping[str, Any], name: str, *, default: int) -> int:
    value = str(said.get(name, default))
    if not re.fullmatch(r"[0-9]{1,4}", value):
        raise NotChosen(f"{name} is {value!r}; expected a whole number of days, 0 for never.")
    return int(value)
