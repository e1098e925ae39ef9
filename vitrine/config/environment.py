"""Every environment variable of Vitrine: read, checked and documented here, once, at start.

Nothing else reads the environment. All of them are optional. Only the standard library is used, because
`bootstrap.py` checks the environment with this before anything is installed.
"""

import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from vitrine.config.addresses import outward_address, own_addresses, own_names
from vitrine.config.fault import SetupFault
from vitrine.config.variables import Reader

_POSTGRESQL = ("postgresql", "postgres")
ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What was chosen, with defaults filled in. Sizes in bytes."""

    data_dir: Path
    """DATA_DIR: where everything lasting lies, `var` in the checkout by default. Made when missing."""
    static_dir: Path
    """STATIC_DIR: where the collected static files lie, DATA_DIR/static by default; images have them made already."""
    secret_key: str = field(repr=False)
    """SECRET_KEY: signs sessions and tokens; by default made once and kept in DATA_DIR/secret_key."""
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    """SECRET_KEY_FALLBACKS: keys that were SECRET_KEY before, by commas: what they signed or encrypted still holds."""
    debug: bool
    """DEBUG: 1 shows tracebacks to everyone. Never on a machine that others reach."""
    host: str
    """HOST: the address to listen on; 0.0.0.0 for all. Only this machine by default."""
    port: int
    """PORT: 8000 by default."""
    tls: bool
    """TLS: 1 makes `make run` serve https, with a certificate of its own that phones can be told to trust."""
    public_url: str | None
    """PUBLIC_URL: how the outside reaches us, such as https://assets.example.com; no slash at its end."""
    cdn_url: str | None
    """CDN_URL: where files are read from, when a CDN stands before us."""
    file_urls: str
    """FILE_URLS: signed, or plain for addresses of published files that never change nor expire; signed by default."""
    file_url_hours: int
    """FILE_URL_HOURS: how long a signed address stays the same, 24 by default; it holds for as long again."""
    allowed_hosts: tuple[str, ...]
    """ALLOWED_HOSTS: host names we answer to, by commas; this machine's own and PUBLIC_URL's by default."""
    trusted_proxies: int
    """TRUSTED_PROXIES: how many proxies of ours stand before us and append to X-Forwarded-For; 0 by default."""
    https_redirect: bool
    """HTTPS_REDIRECT: 1 sends who comes by http to https; for a proxy that says X-Forwarded-Proto, with PUBLIC_URL."""
    rate_limits: int
    """RATE_LIMITS: times the limits of `access/limits.py`, 1 by default; 0 switches them off, to measure."""
    cors_origins: tuple[str, ...]
    """CORS_ORIGINS: origins whose pages may call with a login, by commas; public reads are open to all."""
    database_url: str | None = field(repr=False)
    """DATABASE_URL: postgresql://user:password@host:port/name; the embedded PostgreSQL by default."""
    database_replica_url: str | None = field(repr=False)
    """DATABASE_REPLICA_URL: a streaming replica of DATABASE_URL's, for heavy reads; none by default."""
    redis_url: str | None = field(repr=False)
    """REDIS_URL: redis://, rediss:// or unix://; the embedded Valkey by default."""
    aws_bucket_name: str | None
    """AWS_BUCKET_NAME: keeps files in this S3 bucket; in DATA_DIR by default. boto3 reads the keys itself."""
    aws_endpoint_url: str | None
    """AWS_ENDPOINT_URL: another S3 than Amazon's."""
    aws_upload_url: str | None
    """AWS_UPLOAD_URL: where programs outside put parts into that S3, when they reach it by another address."""
    aws_region: str | None
    """AWS_REGION, else AWS_DEFAULT_REGION."""
    aws_tag_originals: bool
    """AWS_TAG_ORIGINALS: 1 tags what was uploaded, for lifecycle rules; the role then needs s3:PutObjectTagging."""
    max_upload_bytes: int
    """MAX_UPLOAD_BYTES: the largest file taken, 500000000 by default."""
    deleted_days: int
    """DELETED_DAYS: days before a deleted product's files go for good, 7 by default; 0 leaves half an hour to undo."""
    events_days: int
    """EVENTS_DAYS: days that what viewers told is kept, 30 by default."""
    storage_price: tuple[Decimal, str] | None
    """STORAGE_PRICE: what a GB of files costs a month, such as `0.023 USD`, for the console's sum; none by default."""
    webhooks_to: str
    """WEBHOOKS_TO: `public` by default: https, to public addresses only. `private` calls your own network too, by
    http as well: whoever is an admin can then make this machine send requests into it."""
    email_url: str | None = field(repr=False)
    """EMAIL_URL: smtp://user:password@host:587 (STARTTLS), smtps://… (TLS) or smtp+plain://…; by default mails
    are only written to the log."""
    email_from: str
    """EMAIL_FROM: who our mails are from; vitrine@localhost by default."""
    audit_days: int
    """AUDIT_DAYS: days that the audit log remembers names and addresses, 400 by default; what was done stays."""
    audit_kept_days: int
    """AUDIT_KEPT_DAYS: days until audit entries themselves go, oldest first; 0, as by default, keeps them all."""
    log_days: int
    """LOG_DAYS: days until a line goes from the log's files in DATA_DIR/logs, 30 by default."""
    old_versions_days: int
    """OLD_VERSIONS_DAYS: days until versions that are neither published nor newest go; 0 by default: never."""
    export_days: int
    """EXPORT_DAYS: days that an export of what is kept on a person can be downloaded, 3 by default."""
    privacy_contact: str
    """PRIVACY_CONTACT: who answers for the data, for the page /privacy; product pages link it once this is set."""
    worker_concurrency: int
    """WORKER_CONCURRENCY: models cooked at once; half the cores by default, at most 4."""
    cooks: bool
    """COOKS: 0 for web servers whose workers are elsewhere: they need no Chromium, and do not miss it."""
    job_lease_s: int
    """JOB_LEASE_S: how long a worker may be silent before its job is given to another, 30 by default."""
    admin_password: str | None = field(repr=False)
    """ADMIN_PASSWORD: for the user `admin` when it is made; a random one, printed once, by default."""
    oidc_issuer: str | None
    """OIDC_ISSUER: the address of a login provider (OpenID Connect), for a button at the login; https."""
    oidc_client_id: str | None
    """OIDC_CLIENT_ID: as whom the provider knows us."""
    oidc_client_secret: str | None = field(repr=False)
    """OIDC_CLIENT_SECRET: what it knows us by."""
    demo: bool
    """DEMO: 0 leaves the demo products out."""
    chromium: Path | None
    """CHROMIUM: the browser that makes posters and proofs; found or installed by default."""
    node: Path | None
    """NODE: the Node 24 that runs the engine; the one from requirements.txt by default."""
    converter_python: Path | None
    """CONVERTER_PYTHON: a Python that can import bpy, for FBX and for USDZ on every device; ours, if it can."""
    log_level: str
    """LOG_LEVEL: debug, info, warning or error; info by default."""
    otel_endpoint: str | None
    """OTEL_EXPORTER_OTLP_ENDPOINT: an OpenTelemetry collector that takes OTLP over HTTP, to send traces to."""
    otel_headers: tuple[str, ...] = field(repr=False)
    """OTEL_EXPORTER_OTLP_HEADERS: what it wants to hear with them, as name=value by commas."""
    otel_share: float
    """OTEL_TRACES_SAMPLER_ARG: the share of traces that is sent, 0 to 1; 1 by default."""
    ci: bool
    """CI: true makes a missing Chromium an error."""


def read_environment(variables: Mapping[str, str]) -> Environment:
    """All variables, checked. Makes DATA_DIR and its secret key when they are missing."""
    read = Reader(variables)
    _check_s3_keys(read)
    data_dir = Path(read.text("DATA_DIR") or ROOT / "var").expanduser().resolve()
    host = read.text("HOST") or "127.0.0.1"
    public_url = read.url("PUBLIC_URL")
    tls = read.switch("TLS", default=False)
    redirect = _redirect(read, public_url)
    database_url = read.address("DATABASE_URL", schemes=_POSTGRESQL)
    return Environment(
        debug=read.switch("DEBUG", default=False),
        host=host,
        port=read.number("PORT", default=8000, least=1, most=65535),
        tls=tls,
        public_url=public_url,
        cdn_url=read.url("CDN_URL"),
        file_urls=read.one_of("FILE_URLS", ("signed", "plain"), default="signed"),
        file_url_hours=read.number("FILE_URL_HOURS", default=24, least=1, most=8760),
        allowed_hosts=read.several("ALLOWED_HOSTS") or _own_hosts(host, public_url, tls=tls),
        https_redirect=redirect,
        trusted_proxies=read.number("TRUSTED_PROXIES", default=0, least=0, most=16),
        rate_limits=read.number("RATE_LIMITS", default=1, least=0, most=1_000_000),
        cors_origins=read.origins("CORS_ORIGINS"),
        database_url=database_url,
        database_replica_url=_replica(read, database_url),
        redis_url=read.address("REDIS_URL", schemes=("redis", "rediss", "unix")),
        aws_bucket_name=read.text("AWS_BUCKET_NAME"),
        aws_endpoint_url=read.url("AWS_ENDPOINT_URL"),
        aws_upload_url=_upload_url(read),
        aws_region=read.text("AWS_REGION") or read.text("AWS_DEFAULT_REGION"),
        aws_tag_originals=read.switch("AWS_TAG_ORIGINALS", default=False),
        max_upload_bytes=read.number("MAX_UPLOAD_BYTES", default=500_000_000, least=1, most=2**53),
        deleted_days=read.number("DELETED_DAYS", default=7, least=0, most=3650),
        events_days=read.number("EVENTS_DAYS", default=30, least=1, most=3650),
        storage_price=read.price("STORAGE_PRICE"),
        webhooks_to=read.one_of("WEBHOOKS_TO", ("public", "private"), default="public"),
        email_url=read.mail("EMAIL_URL"),
        email_from=read.text("EMAIL_FROM") or "vitrine@localhost",
        audit_days=read.number("AUDIT_DAYS", default=400, least=1, most=36_500),
        audit_kept_days=read.number("AUDIT_KEPT_DAYS", default=0, least=0, most=36_500),
        log_days=read.number("LOG_DAYS", default=30, least=2, most=3650),
        old_versions_days=read.number("OLD_VERSIONS_DAYS", default=0, least=0, most=36_500),
        export_days=read.number("EXPORT_DAYS", default=3, least=1, most=30),
        privacy_contact=read.text("PRIVACY_CONTACT") or "",
        worker_concurrency=read.number("WORKER_CONCURRENCY", default=_concurrency(), least=1, most=256),
        cooks=read.switch("COOKS", default=True),
        job_lease_s=read.number("JOB_LEASE_S", default=30, least=2, most=3600),
        admin_password=read.text("ADMIN_PASSWORD"),
        oidc_issuer=read.provider("OIDC_ISSUER", needs=("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")),
        oidc_client_id=read.text("OIDC_CLIENT_ID"),
        oidc_client_secret=read.text("OIDC_CLIENT_SECRET"),
        demo=read.switch("DEMO", default=not redirect),
        chromium=read.program("CHROMIUM"),
        node=read.program("NODE"),
        converter_python=read.python("CONVERTER_PYTHON"),
        log_level=read.one_of("LOG_LEVEL", ("debug", "info", "warning", "error"), default="info"),
        otel_endpoint=read.url("OTEL_EXPORTER_OTLP_ENDPOINT"),
        otel_headers=read.pairs("OTEL_EXPORTER_OTLP_HEADERS"),
        otel_share=read.share("OTEL_TRACES_SAMPLER_ARG"),
        ci=read.switch("CI", default=False),
        data_dir=_usable_folder(data_dir),
        static_dir=Path(read.text("STATIC_DIR") or data_dir / "static").expanduser().resolve(),
        secret_key_fallbacks=read.several("SECRET_KEY_FALLBACKS"),
        secret_key=_chosen_secret(read) or _kept_secret(data_dir / "secret_key"),
    )


def choose_settings() -> None:
    """What must stand in the environment before Django is imported. What stands there already is left."""
    chosen = {
        "DJANGO_SETTINGS_MODULE": "vitrine.config.settings",
        # Beside Playwright itself, where every user of this checkout finds it.
        "PLAYWRIGHT_BROWSERS_PATH": "0",
        # Nothing of ours is async, but while Playwright holds a browser its event loop runs in the job's
        # thread, and Django would refuse to write the job's progress there.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
    for name, value in chosen.items():
        os.environ.setdefault(name, value)  # noqa: TID251  # this is the place


def is_reloaded() -> bool:
    """Whether this process was started by the reloader of Django's `runserver`."""
    return os.environ.get("RUN_MAIN") == "true"  # noqa: TID251  # this is the place


def for_child(**changes: str) -> dict[str, str]:
    """The environment for a process that we start."""
    return {**os.environ, **changes}  # noqa: TID251  # this is the place


def for_installer(scratch: Path) -> dict[str, str]:
    """The environment for pip, npm and Playwright, which write to a home: `scratch` where there is none."""
    home = os.environ.get("HOME", "")  # noqa: TID251  # this is the place
    if Path(home).is_absolute() and os.access(home, os.W_OK | os.X_OK):
        return for_child(PIP_DISABLE_PIP_VERSION_CHECK="1", PLAYWRIGHT_BROWSERS_PATH="0")
    return for_child(
        HOME=home or str(scratch),
        XDG_CACHE_HOME=str(scratch / "cache"),
        npm_config_cache=str(scratch / "npm"),
        PIP_NO_CACHE_DIR="1",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PLAYWRIGHT_BROWSERS_PATH="0",
    )


_SECRET_LENGTH = 50
_SECRET_VARIETY = 10
_FROM_EXAMPLE = re.compile(
    r"change.?me|example|insecure|your.?secret|replace.?(me|this)|0123456789", re.IGNORECASE
)


def _check_s3_keys(read: Reader) -> None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    given = [name for name in names if read.text(name)]
    if given and not read.text("AWS_BUCKET_NAME"):
        raise SetupFault(
            f"{given[0]} is set without AWS_BUCKET_NAME: name the bucket to keep files in S3, "
            "or unset the keys to keep files in DATA_DIR."
        )
    if len(given) == 1:
        missing = next(name for name in names if name not in given)
        raise SetupFault(f"{given[0]} is set without {missing}: both belong together, or neither (a role).")


def _upload_url(read: Reader) -> str | None:
    chosen = read.url("AWS_UPLOAD_URL")
    if chosen and not read.text("AWS_ENDPOINT_URL"):
        raise SetupFault(
            "AWS_UPLOAD_URL is set without AWS_ENDPOINT_URL: Amazon's own address is the same for all."
        )
    return chosen


def _replica(read: Reader, database_url: str | None) -> str | None:
    replica = read.address("DATABASE_REPLICA_URL", schemes=_POSTGRESQL)
    if replica and not database_url:
        raise SetupFault("DATABASE_REPLICA_URL is set without DATABASE_URL: say which database it is one of.")
    return replica


def _redirect(read: Reader, public_url: str | None) -> bool:
    wanted = read.switch("HTTPS_REDIRECT", default=False)
    if wanted and not (public_url or "").startswith("https://"):
        raise SetupFault("HTTPS_REDIRECT is set without an https PUBLIC_URL: say where https is answered.")
    return wanted


def _chosen_secret(read: Reader) -> str | None:
    """SECRET_KEY, refused when somebody could guess it. It is not repeated: it may be half of a good one."""
    key = read.text("SECRET_KEY")
    if key is None:
        return None
    fault = (
        f"has {len(key)} characters; expected {_SECRET_LENGTH} or more"
        if len(key) < _SECRET_LENGTH
        else f"has {len(set(key))} different characters; expected {_SECRET_VARIETY} or more"
        if len(set(key)) < _SECRET_VARIETY
        else "comes from an example"
        if _FROM_EXAMPLE.search(key)
        else None
    )
    if fault:
        cure = """python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"""
        raise SetupFault(f"SECRET_KEY {fault}. Make one: {cure} - or unset it, and one is made and kept.")
    return key


def _own_hosts(host: str, public_url: str | None, *, tls: bool) -> tuple[str, ...]:
    """The names by which this machine may be called when nobody said."""
    public = (urlsplit(public_url).hostname or "") if public_url else ""
    own = ("localhost", "127.0.0.1", "[::1]", *_reached_by(host, tls=tls), public)
    return tuple(dict.fromkeys(name for name in own if name))


def _reached_by(host: str, *, tls: bool) -> tuple[str, ...]:
    if host not in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        return (host,)
    # A phone may come by any address that the certificate names.
    return (*own_names(), *own_addresses()) if tls else (socket.gethostname(), outward_address())


def _concurrency() -> int:
    return max(1, min(4, (os.cpu_count() or 1) // 2))


def _usable_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _folder_fault(folder, error) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _folder_fault(folder, PermissionError(13, "Permission denied"))
    return folder


def _folder_fault(folder: Path, error: OSError) -> SetupFault:
    return SetupFault(
        f"DATA_DIR is '{folder}', and it cannot be written to ({error.strerror}); "
        "choose another folder: make run DATA_DIR=/path/to/folder"
    )


def _kept_secret(file: Path) -> str:
    """The key of this installation. Processes that start at once agree on one: the first link wins."""
    try:
        if not file.exists():
            draft = file.with_name(f"secret_key.{secrets.token_hex(8)}")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(48))
            try:
                os.link(draft, file)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return file.read_text().strip()
    except OSError as error:
        raise SetupFault(
            f"'{file}' cannot be read or made ({error.strerror}); it belongs to whoever first used "
            "this DATA_DIR: become that user or choose another DATA_DIR."
        ) from error


ENVIRONMENT = read_environment(os.environ)  # noqa: TID251  # this is the place
