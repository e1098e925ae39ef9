"""Variables: checked at start, refused with their name, their value and what is expected."""

from pathlib import Path

import pytest

from vitrine.config.environment import Environment, read_environment
from vitrine.config.fault import SetupFault


def an_environment(data_dir: Path, **variables: str) -> Environment:
    return read_environment({"DATA_DIR": str(data_dir)} | variables)


def refusal(data_dir: Path, **variables: str) -> str:
    with pytest.raises(SetupFault) as raised:
        an_environment(data_dir, **variables)
    return str(raised.value)


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    environment = an_environment(tmp_path)

    assert (environment.host, environment.port, environment.debug) == ("127.0.0.1", 8000, False)
    assert environment.max_upload_bytes == 500_000_000
    assert environment.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert environment.database_url is None


def test_an_empty_variable_is_an_unset_one(tmp_path: Path) -> None:
    environment = an_environment(tmp_path, PORT="", PUBLIC_URL=" ", ALLOWED_HOSTS="")

    assert (environment.port, environment.public_url) == (8000, None)
    assert environment.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = an_environment(tmp_path / "new")
    second = an_environment(tmp_path / "new")

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 50
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]


def test_earlier_secrets_still_count_when_they_are_named(tmp_path: Path) -> None:
    environment = an_environment(tmp_path, SECRET_KEY_FALLBACKS="one, two,")

    assert environment.secret_key_fallbacks == ("one", "two")
    assert an_environment(tmp_path).secret_key_fallbacks == ()


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    secrets = {
        "SECRET_KEY": "hush-kH4vQ0mZ8yJ2rT6xB1nW5cL9sD3fG7pA0eU4iO8kM2qY6tR",
        "SECRET_KEY_FALLBACKS": "hush-older,hush-oldest",
        "ADMIN_PASSWORD": "hush-password",
        "DATABASE_URL": "postgresql://a:hush@b/c",
        "DATABASE_REPLICA_URL": "postgresql://a:hush@d/c",
        "REDIS_URL": "redis://:hush@b/0",
        "EMAIL_URL": "smtp://me:hush@b:587",
        "OTEL_EXPORTER_OTLP_HEADERS": "x-key=hush",
    }

    assert "hush" not in repr(an_environment(tmp_path, **secrets))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "80x", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("MAX_UPLOAD_BYTES", "-1", "a whole number from 1 to 9007199254740992"),
        ("OIDC_ISSUER", "http://login.example.com", "an address that begins with https://"),
        ("DEBUG", "maybe", "1 or 0"),
        ("FILE_URLS", "open", "signed or plain"),
        ("FILE_URL_HOURS", "0", "a whole number from 1 to 8760"),
        ("OTEL_TRACES_SAMPLER_ARG", "10", "a number from 0 to 1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "an address such as https://example.com"),
        ("LOG_LEVEL", "loud", "debug or info or warning or error"),
        ("PUBLIC_URL", "assets.example.com", "an address such as https://example.com"),
        ("PUBLIC_URL", "https://user:pass@example.com", "an address such as https://example.com"),
        ("CDN_URL", "https://cdn.example.com/?a=b", "without a query"),
        ("CORS_ORIGINS", "https://shop.example.com/page", "origins such as https://shop.example.com"),
        ("CHROMIUM", "/nowhere/chromium", "the path of a program"),
        ("WEBHOOKS_TO", "anywhere", "public or private"),
        ("STORAGE_PRICE", "0.02", "an amount and a currency's three letters, such as 0.023 USD"),
        ("AUDIT_DAYS", "0", "a whole number from 1 to 36500"),
        ("TRUSTED_PROXIES", "one", "a whole number from 0 to 16"),
        ("NODE", "/etc/passwd", "the path of a program"),
        ("CONVERTER_PYTHON", "/nowhere/python", "the path of a program"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(
    tmp_path: Path, name: str, value: str, expected: str
) -> None:
    said = refusal(tmp_path, **{name: value})

    assert said.startswith(f"{name} is {value!r}; expected ")
    assert expected in said
    assert "\n" not in said


def test_a_wrong_address_of_the_database_is_not_repeated_for_it_may_hold_a_password(tmp_path: Path) -> None:
    said = refusal(tmp_path, DATABASE_URL="mysql://root:hush@db/shop")

    assert said == "DATABASE_URL must begin with postgresql:// or postgres://."


def test_a_replica_is_one_of_a_database_that_is_named(tmp_path: Path) -> None:
    said = refusal(tmp_path, DATABASE_REPLICA_URL="postgresql://replica/shop")

    assert said == "DATABASE_REPLICA_URL is set without DATABASE_URL: say which database it is one of."


@pytest.mark.parametrize("url", ["smtp://me:hush@", "smtp://me:hush@mail:five"])
def test_a_wrong_mail_server_is_not_repeated_for_the_same_reason(tmp_path: Path, url: str) -> None:
    said = refusal(tmp_path, EMAIL_URL=url)

    assert said == "EMAIL_URL must be like smtp://user:password@host:587, with %XX for odd letters."


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("hush", "has 4 characters; expected 50 or more"),
        ("hush" * 20, "has 3 different characters; expected 10 or more"),
        ("django-insecure-Hush4vQ0mZ8yJ2rT6xB1nW5cL9sD3fG7pA0eU4iO8kM2qY6", "comes from an example"),
        ("Hush-change-me-4vQ0mZ8yJ2rT6xB1nW5cL9sD3fG7pA0eU4iO8kM2qY6tR", "comes from an example"),
    ],
)
def test_a_secret_that_could_be_guessed_is_refused_and_not_repeated(
    tmp_path: Path, key: str, said: str
) -> None:
    refused = refusal(tmp_path, SECRET_KEY=key)

    assert refused.startswith(f"SECRET_KEY {said}. Make one: python3 -c ")
    assert "hush" not in refused.lower()


def test_who_sends_others_to_https_says_where_it_is(tmp_path: Path) -> None:
    public = an_environment(tmp_path, HTTPS_REDIRECT="1", PUBLIC_URL="https://assets.example.com")

    assert (public.https_redirect, public.demo) == (True, False)
    assert refusal(tmp_path, HTTPS_REDIRECT="1").startswith(
        "HTTPS_REDIRECT is set without an https PUBLIC_URL"
    )


def test_s3_keys_without_a_bucket_are_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")

    assert "without AWS_BUCKET_NAME: name the bucket" in said


def test_half_a_pair_of_s3_keys_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, AWS_BUCKET_NAME="models", AWS_ACCESS_KEY_ID="a")

    assert said.startswith("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY")


def test_a_login_provider_needs_what_it_knows_us_by(tmp_path: Path) -> None:
    said = refusal(tmp_path, OIDC_ISSUER="https://login.example.com", OIDC_CLIENT_ID="vitrine")

    assert said.startswith("OIDC_ISSUER is set without OIDC_CLIENT_SECRET")


def test_a_bucket_alone_chooses_s3_since_keys_may_come_from_a_role(tmp_path: Path) -> None:
    assert an_environment(tmp_path, AWS_BUCKET_NAME="models").aws_bucket_name == "models"


def test_the_public_address_is_answered_to(tmp_path: Path) -> None:
    environment = an_environment(tmp_path, PUBLIC_URL="https://assets.example.com/")

    assert environment.public_url == "https://assets.example.com"
    assert "assets.example.com" in environment.allowed_hosts


def test_a_data_dir_that_cannot_be_is_refused_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    said = refusal(tmp_path / "file" / "var")

    assert said.startswith(f"DATA_DIR is '{tmp_path}/file/var', and it cannot be written to")
    assert said.endswith("make run DATA_DIR=/path/to/folder")


def test_the_converters_python_keeps_the_path_that_makes_it_one_of_an_environment(tmp_path: Path) -> None:
    link = tmp_path / "python"
    link.symlink_to("/bin/sh")

    assert an_environment(tmp_path, CONVERTER_PYTHON=str(link)).converter_python == link
