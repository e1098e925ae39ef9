"""https for a phone on the same network: an authority of this installation, and the certificate it signs.

DATA_DIR/tls holds both, keys readable by their owner alone. A phone trusts the authority once; the certificate is made
anew when it runs out or when this machine gets another address. The authority may speak for private addresses and for
the names it was made for, and for nobody else: whoever steals its key cannot pretend to be a bank.
"""

import http.client
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vitrine.config.addresses import own_addresses, own_names
from vitrine.config.environment import Environment
from vitrine.config.fault import SetupFault

_AUTHORITY_DAYS = 3650
_DAYS = 397
"""Phones refuse a certificate of more than 825 days, and public ones of more than 398."""
_RENEW_DAYS = 30
_SKEW = timedelta(days=1)  # a phone's clock may be behind ours

_PRIVATE = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
_LOCAL_NAMES = ("localhost", "local")


@dataclass(frozen=True, slots=True)
class Tls:
    """Where the files lie, PEM; the key as PKCS#8."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.crt"

    @property
    def authority_key(self) -> Path:
        return self.folder / "authority.key"

    @property
    def certificate(self) -> Path:
        return self.folder / "server.crt"

    @property
    def key(self) -> Path:
        return self.folder / "server.key"


@dataclass(frozen=True, slots=True)
class _Pair:
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    def lasts(self, days: int, now: datetime) -> bool:
        return self.certificate.not_valid_after_utc - now > timedelta(days=days)


def tls_of(data_dir: Path) -> Tls:
    return Tls(data_dir / "tls")


def names_of(environment: Environment) -> tuple[str, ...]:
    """What the certificate must be good for: this machine's own names, and ALLOWED_HOSTS, wherever it listens."""
    everywhere = environment.host in {"0.0.0.0", "::"}  # noqa: S104  # compared, not bound
    reached = (*own_names(), *own_addresses()) if everywhere else (environment.host,)
    allowed = (host for host in environment.allowed_hosts if host != "*" and not host.startswith("."))
    names = ("localhost", "127.0.0.1", "::1", *reached, *(host.strip("[]") for host in allowed))
    return tuple(dict.fromkeys(names))


def provide(tls: Tls, names: Sequence[str], now: datetime | None = None) -> bool:
    """Make what is missing, runs out or is for other names. Whether the authority is new: phones must trust it anew."""
    now = now or datetime.now(UTC)
    try:
        tls.folder.mkdir(mode=0o700, exist_ok=True)
        authority = _read(tls.authority, tls.authority_key)
        fresh = (
            authority is None
            or not authority.lasts(_DAYS, now)
            or not _may_sign(authority.certificate, names)
        )
        if authority is None or fresh:
            authority = _new_authority(names, now)
            _write(tls.authority, tls.authority_key, authority)
        served = _read(tls.certificate, tls.key)
        if fresh or served is None or not served.lasts(_RENEW_DAYS, now) or _names_in(served) != set(names):
            _write(tls.certificate, tls.key, _new_certificate(authority, names, now))
    except OSError as error:
        raise SetupFault(
            f"'{tls.folder}' cannot be written to or read ({error.strerror}): it belongs to whoever first used TLS=1."
        ) from error
    return fresh


def connection_to(host: str, port: int, tls: Tls | None, *, timeout_s: float) -> http.client.HTTPConnection:
    """To our own web server: by https, trusting our own authority alone, when `tls` is given."""
    if tls is None:
        return http.client.HTTPConnection(host, port, timeout=timeout_s)
    trusted = ssl.create_default_context(cafile=str(tls.authority))
    return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=trusted)


def _read(certificate: Path, key: Path) -> _Pair | None:
    """None where there is none, or what lies there is damaged or does not belong together."""
    if not certificate.is_file() or not key.is_file():
        return None
    try:
        signed = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except ValueError:
        return None
    if not isinstance(private, EllipticCurvePrivateKey) or signed.public_key() != private.public_key():
        return None
    return _Pair(signed, private)


def _write(certificate: Path, key: Path, pair: _Pair) -> None:
    """The key first: a certificate without its key is made anew, whenever we die."""
    private = pair.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _replace(key, private, 0o600)
    _replace(certificate, pair.certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _replace(file: Path, content: bytes, mode: int) -> None:
    draft = file.with_name(f".{file.name}-{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
    draft.replace(file)


def _new_authority(names: Sequence[str], now: datetime) -> _Pair:
    key = generate_private_key(SECP256R1())
    subject = _named(f"Vitrine at {own_names()[0]}, made {now:%Y-%m-%d}")
    builder = _builder(subject, key, now, _AUTHORITY_DAYS).issuer_name(subject)
    for extension in (
        x509.BasicConstraints(ca=True, path_length=0),
        _usage(signs_certificates=True),
        x509.NameConstraints(permitted_subtrees=_permitted(names), excluded_subtrees=None),
    ):
        builder = builder.add_extension(extension, critical=True)
    return _Pair(builder.sign(key, hashes.SHA256()), key)


def _new_certificate(authority: _Pair, names: Sequence[str], now: datetime) -> _Pair:
    key = generate_private_key(SECP256R1())
    builder = _builder(_named("Vitrine"), key, now, _DAYS).issuer_name(authority.certificate.subject)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    for extension in (
        x509.SubjectAlternativeName([_general(name) for name in names]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        issuer,
    ):
        builder = builder.add_extension(extension, critical=False)
    return _Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, key: EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now - _SKEW + timedelta(days=days))
        .add_extension(identifier, critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _permitted(names: Sequence[str]) -> list[x509.GeneralName]:
    """Private addresses, local names, and those of `names` that are neither."""
    networks = [ip_network(network) for network in _PRIVATE]
    others = [_as_address(name) for name in names]
    outside = [
        ip_network(address)
        for address in others
        if address is not None and not any(address in network for network in networks)
    ]
    own = [name for name, address in zip(names, others, strict=True) if address is None]
    dns = [x509.DNSName(name) for name in dict.fromkeys((*_LOCAL_NAMES, *own))]
    return [*dns, *(x509.IPAddress(network) for network in (*networks, *outside))]


def _may_sign(authority: x509.Certificate, names: Sequence[str]) -> bool:
    """Whether the authority was made to speak for all of `names`."""
    permitted = (
        authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    )
    networks = [ip_network(str(one.value)) for one in permitted if isinstance(one, x509.IPAddress)]
    domains = [one.value for one in permitted if isinstance(one, x509.DNSName)]

    def allowed(name: str) -> bool:
        address = _as_address(name)
        if address is not None:
            return any(address in network for network in networks)
        return any(name == domain or name.endswith(f".{domain}") for domain in domains)

    return all(allowed(name) for name in names)


def _names_in(pair: _Pair) -> set[str]:
    names = pair.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(one.value) for one in names}


def _general(name: str) -> x509.GeneralName:
    address = _as_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _as_address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
