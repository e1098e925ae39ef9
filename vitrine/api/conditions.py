"""`If-Match`: change a product only while it is as the caller read it (RFC 9110, 13.1.1).

A product's ETag begins with its revision, which the database raises with every change. So what a caller has read
is compared with what the row says under its lock, in one statement and without rendering anything; and two tags of one
revision, given for different addresses of the service or before and after a file's address was signed anew,
both stand for the product as it is.
"""

import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that was read: 412 and nothing done when the product has changed since.",
)
_TAG = re.compile(r'"(\d{1,18})-[0-9A-Za-z-]{1,64}"')
_MOST_TAGS = 20


def known_revisions(request: Request) -> frozenset[int] | None:
    """What `If-Match` allows: None without one, and for `*`. A weak tag, or one that is not ours, never matches."""
    said = request.headers.get("If-Match")
    if said is None or said.strip() == "*":
        return None
    tags = (one.strip() for one in said.split(",")[:_MOST_TAGS])
    found = (_TAG.fullmatch(tag) for tag in tags)
    return frozenset(int(tag[1]) for tag in found if tag is not None)
