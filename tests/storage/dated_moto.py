"""moto's server, whose uploads in parts tell when they were begun: moto says 2010 of each, and sweeps take the old."""

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.s3 import models, responses
from moto.server import main

_begun: dict[str, str] = {}


_make = models.FakeMultipart.__init__


def _made(upload: Any, *given: Any, **named: Any) -> None:
    _make(upload, *given, **named)
    _begun[upload.id] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _dated(result: Any) -> ActionResult:
    if isinstance(result, dict):
        for upload in result.get("Uploads", []):
            upload["Initiated"] = _begun[upload["UploadId"]]
    return ActionResult(result)


if __name__ == "__main__":
    setattr(models.FakeMultipart, "__init__", _made)  # noqa: B010 -- what mypy would not let us assign
    setattr(responses, "ActionResult", _dated)  # noqa: B010 -- the same
    main()
