"""Load that behaves like shops, in small: each sends models, publishes, removes, tells of its shoppers, and reads.

A shop repeats what was not answered, as a good client does: with the same Idempotency-Key, and the same batch. It
alone changes its products, so it knows how each must stand.
"""

import hashlib
import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.chaos.ledger import Kept, Ledger
from tests.gltf_builders import a_plain_ball
from tests.journey.service import Answer, Service

_PATIENCE_S = 240.0  # a key whose first request died is given up after two minutes
_PAUSE_S = 0.4
_LATER = {401, 408, 425, 429, 502, 503, 504}
_MIB = 1024 * 1024
_BYTES = "application/octet-stream"


@dataclass(slots=True)
class Shop:
    """`run` until `closed` is set. `cooked`: one model in so many is optimized, the others are only checked.
    `most_sent`: models, so that what waits to be cooked can be within the bound of the books."""

    number: int
    service: Service
    ledger: Ledger
    dice: random.Random
    closed: threading.Event
    cooked: int
    most_sent: int
    own: list[Kept] = field(default_factory=list)
    count: int = 0

    def run(self) -> None:
        acts: list[tuple[int, Callable[[], None]]] = [
            (3, self.send),
            (1, self.send_in_parts),
            (2, self.send_version),
            (3, self.publish),
            (1, self.remove),
            (1, self.remove_and_undo),
            (6, self.tell),
            (6, self.read),
        ]
        self.send()
        while not self.closed.is_set():
            act = self.dice.choices([one for _, one in acts], [weight for weight, _ in acts])[0]
            try:
                act()
            except Lost as lost:
                self.ledger.blame(f"shop {self.number}: {lost}")
            self.closed.wait(self.dice.uniform(0.1, 0.8))

    # --- What a shop does -----------------------------------------------------------------------------------------

    def send(self) -> None:
        if self.count >= self.most_sent:
            return
        name, model = self._next()
        fields = {"name": name, "optimize": "true" if self.dice.randrange(self.cooked) == 0 else "false"}
        answer = self._insist("POST", "/api/assets/3d/", *form(fields, model), {201}, once=True)
        self._took(answer, name, model)
        self.ledger.did("uploads by form")

    def send_in_parts(self) -> None:
        """Begun, sent out of order, asked what has arrived, put together, made a product of."""
        if self.count >= self.most_sent:
            return
        name, model = self._next(padding=8 * _MIB if self.dice.random() < 0.2 else 0)
        order = {"name": f"{name}.glb", "size": len(model), "sha256": hashlib.sha256(model).hexdigest()}
        upload = self._insist("POST", "/api/uploads/", *as_json(order), {201}, once=True).json()
        path = f"/api/uploads/{upload['id']}/"
        deadline = time.monotonic() + _PATIENCE_S
        while missing := [one for one in self._insist("GET", path).json()["parts"] if not one["received"]]:
            if time.monotonic() > deadline:
                raise Lost(f"parts of {path} do not arrive")
            for part in reversed(missing):
                piece = model[part["offset"] : part["offset"] + part["size"]]
                to_us = part["url"].startswith(self.service.url)
                self._ask("PUT", part["url"], piece, {"Content-Type": _BYTES}, stranger=not to_us)
        self._insist("POST", f"{path}complete", okay={200})
        fields = {"name": name, "upload_id": upload["id"], "optimize": False}
        answer = self._insist("POST", "/api/assets/3d/", *as_json(fields), {201}, once=True)
        self._took(answer, name, model)
        self.ledger.did("uploads in parts")

    def send_version(self) -> None:
        product = self._one()
        if product is None or self.count >= self.most_sent or len(product.sent) > 2:
            return
        _, model = self._next()
        fields = {"optimize": "false", "publish": "manual"}
        path = f"/api/assets/3d/{product.id}/versions"
        number = self._insist("POST", path, *form(fields, model), {201}, once=True).json()["version"]
        if number in product.sent:
            raise Lost(f"{product.name} has two versions {number}")
        product.sent[number] = hashlib.sha256(model).hexdigest()
        self.ledger.did("versions")

    def publish(self) -> None:
        """Any version that passed: forwards or back. What is then read must say so at once."""
        if (product := self._one()) is None:
            return
        found = self._insist("GET", f"/api/assets/3d/{product.id}/versions").json()["versions"]
        passed = [one["version"] for one in found if one["passed"]]
        if not passed:
            return
        number = self.dice.choice(passed)
        self._insist("POST", f"/api/assets/3d/{product.id}/versions/{number}/publish")
        product.published = number
        self.ledger.did("publishings and roll-backs")
        shown = self._insist("GET", f"/api/assets/3d/{product.id}/").json()
        if (shown["published"], shown["version"]) != (True, number):
            raise Lost(f"{product.name}: {number} was published, {shown['version']} is read")

    def remove(self) -> None:
        if len(self.own) > 5 and (product := self._one()) is not None:
            self._insist(
                "DELETE", f"/api/assets/3d/{product.id}/", okay={204, 404}
            )  # 404: an answer was lost
            product.removed = True
            self.own.remove(product)
            self.ledger.did("deletes")

    def remove_and_undo(self) -> None:
        if (product := self._one()) is not None:
            self._insist("DELETE", f"/api/assets/3d/{product.id}/", okay={204, 404})
            self._insist("POST", f"/api/assets/3d/{product.id}/restore")
            self.ledger.did("undos")

    def tell(self) -> None:
        """A batch of shoppers' events, until it is taken: again when its answer was lost."""
        if (product := self._one()) is None:
            return
        touch = {"product": product.id, "kind": "interaction", "action": "zoom", "count": 1, "age_ms": 0}
        events = [touch] * self.dice.randrange(1, 6)
        name = uuid.UUID(int=self.dice.getrandbits(128)).hex
        body = json.dumps({"view": name, "batch": name, "device": "phone", "events": events}).encode()
        taken = self._insist("POST", "/api/events/", body, {"Content-Type": "text/plain"}, {202}).json()
        product.touches += taken["accepted"]
        self.ledger.did("event batches")

    def read(self) -> None:
        """As shoppers do, who ask again when nothing comes: a file that came whole is the one that was meant."""
        if (product := self._one()) is None:
            return
        answer = self._ask("GET", f"/api/assets/3d/{product.id}/")
        if answer is None or answer.status != 200:
            return
        shown = answer.json()
        if shown["name"] != product.name:
            raise Lost(f"{product.name} is read as {shown['name']}")
        file = self._ask("GET", shown["model_3d_url"], stranger=True)
        if file is not None and file.status == 200 and shown["version"] in product.sent:
            digest = hashlib.sha256(file.body).hexdigest()
            if digest != product.sent[shown["version"]]:
                raise Lost(
                    f"{product.name}, version {shown['version']}: another file came ({len(file.body)} bytes)"
                )
        if file is not None and file.status == 404:
            raise Lost(f"{product.name}: its file is not there")
        self.ledger.did("reads")

    # --- How it speaks --------------------------------------------------------------------------------------------

    def _next(self, *, padding: int = 0) -> tuple[str, bytes]:
        self.count += 1
        name = f"shop {self.number} model {self.count}"
        return name, a_model(name, padding)

    def _one(self) -> Kept | None:
        return self.dice.choice(self.own) if self.own else None

    def _took(self, answer: Answer, name: str, model: bytes) -> None:
        told = answer.json()
        product = Kept(told["id"], name, {1: hashlib.sha256(model).hexdigest()})
        self.own.append(product)
        self.ledger.take(product)

    def _insist(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        okay: frozenset[int] | set[int] = frozenset({200}),
        *,
        once: bool = False,
    ) -> Answer:
        """Until it is answered. `once`: under one Idempotency-Key. Lost when it is refused, or the time is over."""
        key = {"Idempotency-Key": str(uuid.UUID(int=self.dice.getrandbits(128)))} if once else {}
        deadline, last = time.monotonic() + _PATIENCE_S, "no answer"
        while time.monotonic() < deadline:
            answer = self._ask(method, path, body, key | (headers or {}))
            if answer is not None and answer.status in okay:
                return answer
            if answer is not None:
                last = f"{answer.status} {answer.body[:300].decode(errors='replace')}"
                in_progress = answer.status == 409 and "retry-after" in {
                    name.lower() for name in answer.headers
                }
                if answer.status < 500 and answer.status not in _LATER and not in_progress:
                    break
            time.sleep(_PAUSE_S)
        raise Lost(f"{method} {path}: {last}")

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        stranger: bool = False,
    ) -> Answer | None:
        """One try. None when no whole answer came."""
        asked = replace(self.service, token="") if stranger else self.service
        try:
            answer = asked.call(method, path, body, headers)
        except (OSError, http.client.HTTPException):
            self.ledger.heard(None)
            return None
        self.ledger.heard(answer.status)
        if answer.status == 500:
            self.ledger.blame(f"500 to {method} {path}: {answer.body[:300].decode(errors='replace')}")
        if answer.status == 401:
            self._log_in()
        return answer

    def _log_in(self) -> None:
        try:
            self.service.log_in()
        except (OSError, http.client.HTTPException, KeyError):
            self.ledger.heard(None)


class Lost(Exception):
    """Something that no fault excuses."""


def a_model(name: str, padding: int = 0) -> bytes:
    """Small, and like no other: its name is in it. `padding`: bytes that no part of it uses."""
    builder = a_plain_ball(rings=6)
    builder.json["nodes"][0]["name"] = name
    if padding:
        builder.view(bytes(padding))
    return builder.bytes()


def as_json(fields: dict[str, object]) -> tuple[bytes, dict[str, str]]:
    return json.dumps(fields).encode(), {"Content-Type": "application/json"}


def form(fields: dict[str, str], model: bytes) -> tuple[bytes, dict[str, str]]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="model_file"; filename="model.glb"\r\n\r\n'
    body = b"".join([*parts, head.encode(), model, f"\r\n--{boundary}--\r\n".encode()])
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
