"""The page /privacy, the record of processing and the docs say what the rules do, and nothing else."""

import re
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from tests.builders import a_product
from tests.conftest import Caller
from vitrine.access.roles import Role
from vitrine.config.environment import ROOT, read_environment
from vitrine.privacy.record import rules_table
from vitrine.privacy.rule import Rule
from vitrine.privacy.rules import RULES
from vitrine.privacy.words import how_long

pytestmark = pytest.mark.django_db

CHANGED = {rule.variable: rule for rule in RULES if rule.variable}


def page() -> str:
    response = Client().get("/privacy")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def record() -> str:
    said = StringIO()
    call_command("privacy", "record", stdout=said)
    return said.getvalue()


def part_of(rule: Rule, text: str) -> str:
    """What stands from this rule's data on, and for how long it says that is kept."""
    return text.partition(str(rule.what))[2][:600]


def test_each_rule_is_on_the_page_with_its_time() -> None:
    said = page()

    for rule in RULES:
        assert how_long(rule) in part_of(rule, said), rule.name


@pytest.mark.parametrize("variable", sorted(CHANGED))
def test_another_rule_is_another_page_record_and_answer(settings: Settings, variable: str) -> None:
    rule = CHANGED[variable]
    before = (page(), record(), kept_days(rule))

    setattr(settings, str(rule.kept), 23)

    assert "23 days" in part_of(rule, page())
    assert "| Kept | 23 days |" in record().partition(f"## {rule.name}\n")[2][:900]
    assert kept_days(rule) == 23
    assert (page(), record(), kept_days(rule)) != before


def kept_days(rule: Rule) -> Any:
    rules = Client().get("/api/privacy/").json()["rules"]
    return next(one["days"] for one in rules if one["name"] == rule.name)


def test_a_variable_is_the_one_that_the_environment_reads(tmp_path: Any) -> None:
    for variable, rule in CHANGED.items():
        read = read_environment({"DATA_DIR": str(tmp_path), variable: "23"})
        assert getattr(read, str(rule.kept).lower()) == 23


def test_a_rule_that_is_off_says_how_long_it_stays_then(settings: Settings) -> None:
    rule = CHANGED["OLD_VERSIONS_DAYS"]
    settings.OLD_VERSIONS_DAYS = 0

    assert "as long as the product" in part_of(rule, page())


def test_who_answers_for_it_is_named_as_it_was_set(settings: Settings) -> None:
    settings.PRIVACY_CONTACT = "Möbelhaus <script>alert(1)</script>, dpo@example.com"

    assert escape(settings.PRIVACY_CONTACT) in Client().get("/privacy").content.decode()
    assert settings.PRIVACY_CONTACT in record()


def test_product_pages_lead_to_it_once_somebody_answers_for_it(settings: Settings) -> None:
    path = f"/p/{a_product().pk}"
    settings.PRIVACY_CONTACT = ""
    without = Client().get(path).content.decode()
    settings.PRIVACY_CONTACT = "Möbelhaus"

    assert 'href="/privacy"' not in without
    assert 'href="/privacy"' in Client().get(path).content.decode()


def test_it_names_whom_data_goes_to(settings: Settings) -> None:
    settings.AWS_BUCKET_NAME, settings.CDN_URL = "my-models", "https://cdn.example.com"
    settings.OIDC_ISSUER = "https://login.example.com"

    said = record()

    assert all(name in said for name in ("my-models", "https://cdn.example.com", "https://login.example.com"))


def test_shoppers_get_no_cookie() -> None:
    product = a_product()
    client = Client()

    for path in (f"/p/{product.pk}", f"/embed/{product.pk}", f"/api/assets/3d/{product.pk}/", "/privacy"):
        assert not client.get(path).cookies, path
    assert not client.post("/api/events/", "{}", content_type="text/plain").cookies


def test_the_docs_hold_the_same_table() -> None:
    """As it is unless told; `manage.py privacy table` prints it."""
    docs = (ROOT / "docs" / "privacy.md").read_text()

    assert rules_table() in docs


def test_each_test_that_the_docs_name_is_there() -> None:
    docs = (ROOT / "docs" / "privacy.md").read_text()
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", docs)

    assert len(named) > 15
    for path, name in named:
        file = next(file for root in ("", "tests", "vitrine") if (file := ROOT / root / path).is_file())
        assert not name or f"def {name}(" in file.read_text(), (path, name)


def test_admins_read_what_would_go_and_what_went(calling: Caller) -> None:
    body = calling(Role.ADMIN).get("/api/privacy/retention/").json()

    assert [one["rule"] for one in body["due"]] == [rule.name for rule in RULES if rule.due and rule.life()]
    assert body["runs"] == []
