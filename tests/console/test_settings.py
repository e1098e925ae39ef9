"""The settings' pages: who reads which, and what they say."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django import Settings

from tests.builders import PASSWORD, a_key, a_product, a_user
from vitrine.access import moments, people, second_factor, tokens
from vitrine.access.audit import AuditEntry, note
from vitrine.access.models import User
from vitrine.access.roles import Role, Scope
from vitrine.console.settings import slices
from vitrine.outreach import endpoints
from vitrine.outreach.models import Delivery, Endpoint
from vitrine.pipeline.work import Kind
from vitrine.privacy.rules import RULES
from vitrine.processing.models import Campaign

pytestmark = pytest.mark.django_db

ADMINS = ("people", "keys", "webhooks", "audit", "audit/export", "storage", "retention", "branding")


@pytest.fixture
def admin(client: Client) -> User:
    """Who is logged in by `client`."""
    person = a_user(Role.ADMIN, username="ada", email="ada@shop.example")
    client.force_login(person)
    return person


def an_endpoint(by: User) -> Endpoint:
    return endpoints.make(by=by, url="https://8.8.8.8/hook", description="Shop")[0]


@pytest.mark.parametrize("role", [None, *Role])
def test_each_page_is_read_by_those_it_is_for(client: Client, role: Role | None) -> None:
    endpoint, somebody = an_endpoint(a_user(Role.ADMIN)), a_user()
    if role is not None:
        client.force_login(a_user(role))
    pages = [*ADMINS, f"people/{somebody.pk}", f"webhooks/{endpoint.pk}"]

    seen = {path: client.get(f"/settings/{path}").status_code for path in pages}

    allowed = {None: 302, Role.ADMIN: 200}.get(role, 403)
    assert seen == dict.fromkeys(pages, allowed)
    assert client.get("/settings/account").status_code == (302 if role is None else 200)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_who_is_no_admin_sees_no_way_to_an_admin_s_page(client: Client, role: Role) -> None:
    client.force_login(a_user(role))

    text = client.get("/settings/account").text

    assert [path for path in ADMINS if f'"/settings/{path}"' in text] == []


def test_an_account_says_what_its_person_may_do_and_whether_a_factor_is_on(
    client: Client, admin: User
) -> None:
    before = client.get("/settings/account").text
    second_factor.begin(admin)

    assert "looks after people, keys and webhooks" in before
    assert 'data-to="/api/auth/second-factor/confirm/"' in before
    assert 'id="codes"' not in client.get("/settings/account").text


def test_people_are_listed_the_active_first_and_by_name(client: Client, admin: User) -> None:
    a_user(username="Zoe")
    a_user(username="<b>bo", is_active=False)

    text = client.get("/settings/people").text

    assert text.index(">ada<") < text.index(">Zoe<") < text.index("&lt;b&gt;bo")
    assert "<b>bo" not in text


def test_a_person_s_page_tells_what_they_did(client: Client, admin: User) -> None:
    grace = a_user(username="grace", email="grace@shop.example")
    moments.logged_in(grace, "10.1.2.3")

    text = client.get(f"/settings/people/{grace.pk}").text

    assert "Logged in" in text
    assert f'data-to="/api/users/{grace.pk}/invite/"' in text


def test_nobody_is_offered_to_deactivate_themselves(client: Client, admin: User) -> None:
    assert 'id="out-open"' not in client.get(f"/settings/people/{admin.pk}").text
    assert 'id="out-open"' in client.get(f"/settings/people/{a_user().pk}").text


def test_keys_say_what_became_of_them_and_never_what_they_are(client: Client, admin: User) -> None:
    living, secret = a_key(Scope.ASSETS_READ, name="Living")
    revoked, _ = a_key(Scope.ASSETS_READ, name="Revoked one")
    revoked.revoke()
    a_key(Scope.ASSETS_READ, name="Old", expires_at=timezone.now() - timedelta(days=1))

    text = client.get("/settings/keys").text

    assert f'data-fill-path="/api/keys/{living.pk}/"' in text
    assert text.count("data-fill-path") == 1
    assert ">Revoked<" in text
    assert ">Ran out<" in text
    assert secret not in text


def test_a_webhook_s_page_filters_and_turns_its_deliveries(
    client: Client, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SIZE", 1)
    endpoint = an_endpoint(admin)
    older, newer = endpoints.test(endpoint), endpoints.test(endpoint)
    Delivery.objects.filter(pk=older.pk).update(state="failed", error="It answered with <i>500</i>.")

    first = client.get(f"/settings/webhooks/{endpoint.pk}").text
    link = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(f"/settings/webhooks/{endpoint.pk}{link}").text
    failed = client.get(f"/settings/webhooks/{endpoint.pk}?state=failed").text

    assert (newer.message_id in first, older.message_id in first) == (True, False)
    assert (newer.message_id in second, older.message_id in second) == (False, True)
    assert "data-again-ms" in first
    assert "data-again-ms" not in failed
    assert "It answered with &lt;i&gt;500&lt;/i&gt;." in failed


def test_the_audit_log_is_filtered_by_what_who_and_when(client: Client, admin: User) -> None:
    grace = a_user(username="grace")
    moments.logged_in(grace, "10.1.2.3")
    note("branding.changed", by=admin, changed=["name"])
    today = timezone.now().date()

    def told(query: str) -> tuple[bool, bool]:
        text = client.get(f"/settings/audit?{query}").text
        return "<td>Logged in" in text, "<td>Changed the branding" in text

    assert told("") == (True, True)
    assert told("action=login.") == (True, False)
    assert told(f"actor={admin.pk}") == (False, True)
    assert told(f"since={today}&until={today}") == (True, True)
    assert told(f"since={today + timedelta(days=1)}") == (False, False)
    assert told("actor=nobody&since=never&cursor=x") == (True, True)


def test_the_audit_log_leads_to_what_is_still_there(client: Client, admin: User) -> None:
    chair, gone = a_product(published=False), a_product()
    gone.remove()
    note("product.updated", target=("product", chair.pk), by=admin)
    campaign = Campaign.objects.create(name="Smaller")
    note("campaign.begun", target=("campaign", campaign.pk), by=admin)
    webhook = an_endpoint(admin)

    text = client.get("/settings/audit").text

    assert f'href="/products/{chair.pk}"' in text
    assert f'href="/campaigns/{campaign.pk}"' in text
    assert f'href="/settings/webhooks/{webhook.pk}"' in text
    assert "Deleted a product" in text
    assert str(gone.pk) not in text


def test_the_audit_log_is_taken_away_as_it_is_filtered(client: Client, admin: User) -> None:
    moments.logged_in(admin, "10.1.2.3")
    note("key.created", by=a_user(username="@sum(1)"), shown="vtr_")

    sheet = b"".join(client.get("/settings/audit/export?as=csv")).decode()
    lines = b"".join(client.get("/settings/audit/export?action=login.")).splitlines()

    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert [(row["action"], row["name"]) for row in rows] == [
        ("login.succeeded", "ada"),
        ("key.created", "'@sum(1)"),
    ]
    assert [json.loads(line)["action"] for line in lines] == ["login.succeeded"]


def test_storage_counts_each_file_once_and_what_waits_to_be_swept(
    client: Client, admin: User, settings: Settings
) -> None:
    settings.STORAGE_PRICE = (Decimal(1000000), "EUR")
    chair, gone = a_product(name="Chair", variants=(Kind.WEB, Kind.POSTER)), a_product(name="Gone")
    chair.add_version(**_again(chair))
    gone.remove()

    text = client.get("/settings/storage").text

    size = chair.shown_version.size
    assert (
        f'<th scope="row">Originals, as they were sent</th><td class="number">1</td><td class="number">{size} bytes'
        in text
    )
    assert "Of deleted products, waiting to be swept" in text
    assert f'href="/products/{chair.pk}"' in text
    assert f'href="/products/{gone.pk}"' not in text
    assert f"{size / 1000:.2f}" in text


def _again(product: object) -> dict[str, object]:
    version = product.shown_version  # type: ignore[attr-defined]  # a product
    names = ("key", "format", "source_format", "size", "sha256")
    return {name: getattr(version, name) for name in names}


def test_without_a_price_nothing_is_said_to_cost(client: Client, admin: User) -> None:
    a_product()

    text = client.get("/settings/storage").text

    assert "Set STORAGE_PRICE" in text
    assert "a month</span>" not in text


def test_retention_tells_the_rules_as_they_are(client: Client, admin: User, settings: Settings) -> None:
    settings.DELETED_DAYS, settings.AUDIT_DAYS = 5, 123

    text = client.get("/settings/retention").text

    assert "<td>5 days</td><td><code>DELETED_DAYS</code>" in text
    assert "<td>123 days</td><td><code>AUDIT_DAYS</code>" in text
    assert all(str(escape(str(rule.what))) in text for rule in RULES)


def test_logging_out_is_in_the_audit_log(client: Client, admin: User) -> None:
    client.post("/logout")
    client.post("/logout")

    assert [(one.action, one.actor_id) for one in AuditEntry.objects.all()] == [("login.ended", admin.pk)]


def test_who_is_logged_out_everywhere_comes_back_by_password_only() -> None:
    person = a_user(username="ada", with_password=True)
    here, there = Client(), Client()
    for one in (here, there):
        one.post("/login", {"username": "ada", "password": PASSWORD})
    token = tokens.begin(person).access

    response = here.post("/api/auth/logout/everywhere/")

    assert response.status_code == 204
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert Client().get("/api/auth/me/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert AuditEntry.objects.filter(action="login.all-ended", actor_id=person.pk).count() == 1
    assert there.post("/login", {"username": "ada", "password": PASSWORD}).status_code == 302


def test_who_was_deactivated_and_taken_back_logs_in_anew(client: Client) -> None:
    grace, admin = a_user(username="grace"), a_user(Role.ADMIN)
    client.force_login(grace)

    people.change(grace, is_active=False, by=admin)
    people.change(grace, is_active=True, by=admin)

    assert client.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/settings/account", "/settings/people", "/settings/branding"])
def test_pages_need_no_weaker_policy_and_are_kept_by_nobody(client: Client, admin: User, path: str) -> None:
    response = client.get(path)

    assert (" style=" in response.text, "<style" in response.text, " onclick=" in response.text) == (
        False,
    ) * 3
    assert "no-store" in response.headers["Cache-Control"]
    assert response.text.count("data-scripted") >= 1
