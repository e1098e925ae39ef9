"""What each problem code means and what to do about it: `/docs/problems` and `docs/problems.md` are made of this."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """Plain English, with `code` in backticks."""

    statuses: tuple[int, ...]
    means: str
    cure: str
    more: str | None = None
    """Where docs/ says more: a file, and a heading of it."""


MEANINGS: Mapping[str, Meaning] = {
    "invalid": Meaning((400,), "a field has the wrong shape", "`errors` names each field"),
    "login-needed": Meaning(
        (401,),
        "no token, or one that counts no more; or a wrong password",
        "get a token at `/api/auth/token/`",
    ),
    "code-needed": Meaning(
        (401,),
        "the password is right, and this login has a second factor",
        "send the code of the authenticator app as `otp`",
    ),
    "code-wrong": Meaning(
        (401,),
        "the code is not right, or was used already",
        "take the next one; a written code is good for one login",
    ),
    "key-unknown": Meaning(
        (401,),
        "no API key of ours: mistyped, cut short, or never made here",
        "copy it again, or ask an admin for one",
    ),
    "key-expired": Meaning((401,), "an API key whose time is up", "ask an admin for a new one"),
    "key-revoked": Meaning(
        (401,),
        "an API key that was taken back, or whose person has no login any more",
        "ask an admin for a new one",
    ),
    "not-published": Meaning(
        (401,), "`/oembed`: the product is not published, so other pages cannot show it", "publish it"
    ),
    "not-allowed": Meaning(
        (403,),
        "your role, or your key's scopes, do not reach",
        "ask an admin for another role or key",
        "permissions.md",
    ),
    "not-found": Meaning(
        (404,), "nothing there that you may read", "check the id; unpublished products answer so to strangers"
    ),
    "method-not-allowed": Meaning((405,), "the address does not take that method", "see `/api/docs/`"),
    "not-acceptable": Meaning((406,), "we answer in JSON", "ask for `application/json`"),
    "conflict": Meaning((409,), "not possible in its present state", "`detail` says what stands in the way"),
    "in-progress": Meaning(
        (409,),
        "the first request with this `Idempotency-Key` is still being answered",
        "send it again after `Retry-After` seconds",
    ),
    "idempotency-key-reused": Meaning(
        (422,),
        "this `Idempotency-Key` came with another request within the last day",
        "send the same request again, or take a new key",
    ),
    "stale": Meaning(
        (412,),
        "the product has changed since you read it: `If-Match` names an older `ETag`",
        "read it again, and decide anew",
    ),
    "too-large": Meaning(
        (413,), "over a limit of bytes", "`detail` names the limit; `MAX_UPLOAD_BYTES` raises it"
    ),
    "checksum-mismatch": Meaning(
        (422,),
        "a part, or a whole upload, has other bytes than were announced",
        "send the part again; begin a new upload for a whole",
    ),
    "unsupported-format": Meaning(
        (415,),
        "not a kind of file that we take",
        "`detail` names what is taken; for FBX it says what to install",
    ),
    "unsupported-media-type": Meaning(
        (415,), "the address does not take that content type", "send a form to upload, JSON elsewhere"
    ),
    "error": Meaning((500,), "an error without a word of its own; you should never meet it", "tell us"),
    "refused": Meaning((400,), "the request cannot be done as asked", "`detail` says why"),
    "model-rejected": Meaning(
        (422,), "the gate says no to the model", "`detail` names the rule, the limit and the value"
    ),
    "proof-too-low": Meaning(
        (422,),
        "no variant looked enough like the original",
        "optimize with a lower `quality`, or publish the original with `optimize=false`",
    ),
    "target-refused": Meaning(
        (422,),
        "a webhook's URL is none of those we call",
        "`detail` names what it breaks",
        "webhooks.md#where-they-may-go",
    ),
    "not-in-this-format": Meaning((501,), "`/oembed` answers in json and xml", "ask for one of them"),
    "too-many-logins": Meaning(
        (429,),
        "too many wrong passwords, so not even the right one is looked at",
        "wait for `Retry-After` seconds, a minute at most",
    ),
    "too-many-requests": Meaning((429,), "slow down", "wait for `Retry-After` seconds"),
    "broken": Meaning((500, 503), "something failed on our side", "try again; the log has the details"),
    "busy": Meaning(
        (503,), "too many requests are being sent slowly", "send yours again after `Retry-After` seconds"
    ),
    "engine-failed": Meaning(
        (503,), "the Node engine failed", "tried again by itself, three times; then see the worker's log"
    ),
    "studio-failed": Meaning(
        (503,),
        "the rendering browser failed",
        "tried again by itself, three times; then see the worker's log",
    ),
    "usdz-failed": Meaning(
        (503,), "the USDZ converter failed", "tried again by itself, three times; then see the worker's log"
    ),
    "import-failed": Meaning(
        (503,),
        "an OBJ, STL, PLY, FBX or USDZ could not be made into a GLB, and it is not the model's fault",
        "tried again by itself, three times; then see the worker's log; for FBX look at `CONVERTER_PYTHON`",
    ),
    "provider-failed": Meaning(
        (503,),
        "the login provider of single sign-on did not do its part",
        "try again",
        "operations.md#single-sign-on",
    ),
    "store-failed": Meaning((503,), "the file store did not answer", "look at `/health/ready`"),
    "not-delivered": Meaning(
        (503,),
        "a webhook's receiver did not answer; a delivery's `error` says it in words",
        "tried again by itself for days; then see the receiver",
    ),
}
