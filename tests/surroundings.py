"""Loaded before Django's settings (see pyproject): tests have a DATA_DIR of their own, thrown away afterwards."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="vitrine-tests-"))
_folder.chmod(0o755)  # PostgreSQL, which runs as `nobody` when we are root, must get in
atexit.register(
    shutil.rmtree, _folder, ignore_errors=True
)  # runs last: the embedded servers have left by then

os.environ["DATA_DIR"] = str(_folder)  # noqa: TID251  # before anything reads it
for name in (
    *("DATABASE_URL", "REDIS_URL", "AWS_BUCKET_NAME", "PUBLIC_URL", "CDN_URL", "SECRET_KEY"),
    *("SECRET_KEY_FALLBACKS", "WEBHOOKS_TO", "EMAIL_URL", "TRUSTED_PROXIES", "AUDIT_DAYS"),
):
    os.environ.pop(name, None)  # noqa: TID251  # tests run on servers of their own
