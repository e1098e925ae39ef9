"""The demo products: made by `examples/make_models.py`, then uploaded like anybody's, through the public API."""

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connections

from vitrine.access import tokens
from vitrine.access.models import User
from vitrine.access.roles import Role
from vitrine.catalog.models import Product
from vitrine.config.environment import ENVIRONMENT, ROOT, for_child
from vitrine.config.progress import say
from vitrine.config.tls import connection_to, tls_of

_MAKER = ROOT / "examples" / "make_models.py"
_LIST = ROOT / "examples" / "products.json"
_UPLOAD_S = 300.0


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One demo product: its file's name, without the extension, and the form's fields."""

    model: str
    fields: list[tuple[str, str]]


def show(url: str, data_dir: Path) -> None:
    """Make and upload what is missing: everything when there are no products, the rest after an interruption."""
    folder = data_dir / "demo"
    left = _Left(folder / "left.json")
    exhibits = {exhibit.model: exhibit for exhibit in _exhibits()}
    names = [name for name in left.read() if name in exhibits]
    if not names:
        if Product.objects.exists():
            return
        names = list(exhibits)
    folder.mkdir(exist_ok=True)
    say(f"  Demo: making {len(names)} products; they appear one by one, and are ready some minutes later")
    for number, name in enumerate(names):
        left.write(names[number:])
        model = _make(name, folder)
        product = _upload(url, exhibits[name], model)
        model.unlink()
        say(f"  Demo: {product['name']} is uploaded: {url}/p/{product['id']}")
    left.write([])


@dataclass(frozen=True, slots=True)
class _Left:
    """What is still to be uploaded, on disk."""

    file: Path

    def read(self) -> list[str]:
        return list(json.loads(self.file.read_text())) if self.file.is_file() else []

    def write(self, names: list[str]) -> None:
        self.file.write_text(json.dumps(names))


def _exhibits() -> list[Exhibit]:
    listed: dict[str, dict[str, Any]] = json.loads(_LIST.read_text())
    return [Exhibit(Path(file).stem, _form_fields(_labelled(product))) for file, product in listed.items()]


def _labelled(product: dict[str, Any]) -> dict[str, Any]:
    """So that the console can tell them from anybody's own."""
    metadata = {**product.get("metadata", {}), "demo": "vitrine"}
    return {**product, "metadata": metadata, "tags": ["demo", *product.get("tags", [])]}


def _form_fields(product: dict[str, Any]) -> list[tuple[str, str]]:
    """Text as it is, a list as a field for each of its parts, everything else as JSON."""
    fields: list[tuple[str, str]] = []
    for name, value in product.items():
        parts = value if isinstance(value, list) else [value]
        fields += [(name, part if isinstance(part, str) else json.dumps(part)) for part in parts]
    return fields


def _make(name: str, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, str(_MAKER), str(folder), name],
        check=True,
        env=for_child(OMP_NUM_THREADS="1"),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=_step_back,  # this process has one thread
    )
    return folder / f"{name}.glb"


def _step_back() -> None:
    """Whoever opens the site meanwhile goes first."""
    os.nice(10)


def _upload(url: str, exhibit: Exhibit, model: Path) -> dict[str, Any]:
    parts = urlsplit(url)
    boundary = uuid.uuid4().hex
    tls = tls_of(ENVIRONMENT.data_dir) if parts.scheme == "https" else None
    connection = connection_to(parts.hostname or "", parts.port or 0, tls, timeout_s=_UPLOAD_S)
    try:
        connection.request(
            "POST",
            "/api/assets/3d/",
            _form(boundary, exhibit.fields, model),
            {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Authorization": f"Bearer {_token()}",
            },
        )
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 201:
        raise RuntimeError(f"{exhibit.model}: {answer.status} {body[:500].decode(errors='replace')}")
    product: dict[str, Any] = json.loads(body)
    return product


def _form(boundary: str, fields: list[tuple[str, str]], model: Path) -> bytes:
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    file = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="model_file"; filename="{model.name}"\r\n'
        "Content-Type: model/gltf-binary\r\n\r\n"
    )
    return (head + file).encode() + model.read_bytes() + f"\r\n--{boundary}--\r\n".encode()


def _token() -> str:
    admin = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("date_joined").first()
    if admin is None:
        raise RuntimeError("nobody may upload the demo products: there is no admin")
    token = tokens.begin(admin).access
    connections.close_all()  # an upload may take a while
    return token
