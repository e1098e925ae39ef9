"""The edge function of a CDN before the bucket, with this installation's keys in it."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from vitrine.catalog import files
from vitrine.config.environment import ROOT

_SOURCE = ROOT / "deploy" / "cdn" / "signed_files.js"
_NO_KEYS = "const KEYS = {};"


class Command(BaseCommand):
    help = "Prints the CloudFront Function that checks signed file addresses, with keys derived from SECRET_KEY in it."

    def handle(self, *args: Any, **options: Any) -> str:
        keys = json.dumps({one.id: one.text for one in files.key_ring().keys})
        return _SOURCE.read_text().replace(_NO_KEYS, f"const KEYS = {keys};", 1)
