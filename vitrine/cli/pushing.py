"""One model's way to a product: sent in parts, gone on with after whatever broke, made once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.cli.meter import Bytes, Meter
from vitrine.cli.unfinished import Note, Unfinished, hash_of
from vitrine.client.problem import Problem
from vitrine.client.sending import Sending, sha256_of
from vitrine.client.service import Vitrine
from vitrine.client.shapes import UploadShape

_NEVER_MADE = frozenset({404, 409, 422})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`fields` as the API takes them, without the file. With `product_id` it is that product's next version."""

    path: Path
    fields: Mapping[str, Any]
    product_id: str | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """`again`: it had been made before."""

    product_id: str
    sha256: str
    again: bool = False


class Pusher:
    def __init__(self, service: Vitrine, unfinished: Unfinished, meter: Meter) -> None:
        self._service, self._unfinished, self._meter = service, unfinished, meter

    def push(self, order: Order) -> Pushed:
        """Problem, or OSError for a file that cannot be read. `Unfinished.forget` it when nothing will be repeated."""
        size, sha256 = order.path.stat().st_size, sha256_of(order.path)
        note = self._unfinished.find(size, sha256)
        if note is not None and (made := self._made_before(order, note)):
            return Pushed(made, sha256, again=True)
        upload = self._resumed(order, note) if note is not None else None
        if isinstance(upload, str):
            return Pushed(upload, sha256)
        if upload is None or note is None:
            upload = self._service.begin_upload(order.path.name[-255:], size, sha256)
            note = self._unfinished.begin(upload["id"], size, sha256)
        self._send(order.path, upload)
        return Pushed(self._make(order, note), sha256)

    def _made_before(self, order: Order, note: Note) -> str | None:
        """The product of an earlier try of just this."""
        if note.made is None or note.asked != _asked(order):
            return None
        try:
            return self._service.product(note.made)["id"]
        except Problem as problem:
            if problem.status != 404:
                raise
            return None

    def _resumed(self, order: Order, note: Note) -> UploadShape | str | None:
        """The upload as far as it came. When it is gone it may have become a product whose answer got lost: its id."""
        try:
            return self._service.upload(note.upload_id)
        except Problem as problem:
            if problem.status != 404:
                raise
        if note.made is not None:
            return None
        try:
            return self._make(order, note)
        except Problem as problem:
            if problem.status not in _NEVER_MADE:
                raise
            return None

    def _send(self, path: Path, upload: UploadShape) -> None:
        if upload["status"] == "complete":
            return
        told = Bytes(self._meter, path.name, upload["size"])
        Sending(self._service, path, told).finish(upload)
        told.end()

    def _make(self, order: Order, note: Note) -> str:
        asked = _asked(order)
        fields = {**order.fields, "upload_id": note.upload_id}
        key = f"{note.key}-{asked}"
        if order.product_id is None:
            product = self._service.create_product(fields, key=key)["id"]
        else:
            product = self._service.create_version(order.product_id, fields, key=key)["product_id"]
        self._unfinished.note_made(note, product, asked)
        return product


def _asked(order: Order) -> str:
    return hash_of({**order.fields, "product_id": order.product_id})
