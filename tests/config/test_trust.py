"""/ca.crt: what a phone is to trust, and nothing where there is nothing to trust."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from vitrine.config.tls import provide, tls_of

pytestmark = pytest.mark.django_db


def test_it_hands_out_the_certificate_of_the_authority(settings: Settings, tmp_path: Path) -> None:
    settings.TLS, settings.DATA_DIR = True, tmp_path
    provide(tls_of(tmp_path), ["localhost"])

    answer = Client().get("/ca.crt")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-x509-ca-cert")
    assert answer.content == tls_of(tmp_path).authority.read_bytes()


def test_without_tls_there_is_none_even_if_one_was_made_before(settings: Settings, tmp_path: Path) -> None:
    settings.TLS, settings.DATA_DIR = False, tmp_path
    provide(tls_of(tmp_path), ["localhost"])

    assert Client().get("/ca.crt").status_code == 404
