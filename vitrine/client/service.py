"""A Vitrine, as a program calls it: one method for each thing that is asked."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from vitrine.client.logins import Login, Stranger
from vitrine.client.operations import Operation
from vitrine.client.problem import Problem, problem_of
from vitrine.client.shapes import (
    Holder,
    KeyMade,
    KeyShape,
    Me,
    Pair,
    ProductShape,
    TaskShape,
    UploadLimits,
    UploadShape,
    VersionShape,
)
from vitrine.client.transport import ANSWER_S, PATIENCE_S, Call, Transport, checked

PAGE = 100
_JOINING_S = 600.0  # a large file is read through before it is complete
_AT_A_PROMPT_S = 5.0  # somebody sits there
_USED_ONCE = frozenset({Operation.MAKE_KEY, Operation.LOG_IN, Operation.RENEW_TOKENS})
"""Sent again they would do something else: a second key, a refused refresh token."""


class Vitrine:
    """At `url`, as `login`. Problem is raised for all that is not done. For many threads at once."""

    def __init__(
        self,
        url: str,
        login: Login | None = None,
        *,
        agent: str = "vitrine-client",
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.transport = Transport(on_wait)
        self._login: Login = login or Stranger()
        self._agent = agent

    def close(self) -> None:
        self.transport.close()

    # --- Who ------------------------------------------------------------------------------------------------------

    def log_in(self, username: str, password: str, *, otp: str = "") -> Pair:
        said = {"username": username, "password": password, **({"otp": otp} if otp else {})}
        return cast(Pair, self._ask(Operation.LOG_IN, said, with_login=False))

    def log_out(self, refresh: str) -> None:
        self._ask(Operation.LOG_OUT, {"refresh": refresh}, with_login=False)

    def me(self) -> Me:
        return cast(Me, self._ask(Operation.READ_ME))

    def api_keys(self) -> Iterator[KeyShape]:
        yield from cast(Iterator[KeyShape], self._pages(Operation.LIST_KEYS, {}))

    def make_key(self, name: str, scopes: list[str], *, expires_at: str | None = None) -> KeyMade:
        fields = {"name": name, "scopes": scopes, **({"expires_at": expires_at} if expires_at else {})}
        return cast(KeyMade, self._ask(Operation.MAKE_KEY, fields))

    def revoke_key(self, key_id: str) -> None:
        self._ask(Operation.REVOKE_KEY, key_id=key_id)

    # --- Products -------------------------------------------------------------------------------------------------

    def products(self, *, q: str = "", limit: int = PAGE) -> Iterator[ProductShape]:
        """Newest first; `limit` is a page's."""
        asked = {"limit": str(limit), **({"q": q} if q else {})}
        yield from cast(Iterator[ProductShape], self._pages(Operation.LIST_PRODUCTS, asked))

    def product(self, product_id: str) -> ProductShape:
        return cast(ProductShape, self._ask(Operation.READ_PRODUCT, product_id=product_id))

    def create_product(self, fields: Mapping[str, Any], *, key: str | None = None) -> ProductShape:
        """`fields` name an upload that is complete; the same `key` again makes nothing twice."""
        return cast(ProductShape, self._ask(Operation.CREATE_PRODUCT, fields, key=key))

    def create_version(
        self, product_id: str, fields: Mapping[str, Any], *, key: str | None = None
    ) -> VersionShape:
        made = self._ask(Operation.CREATE_VERSION, fields, key=key, product_id=product_id)
        return cast(VersionShape, made)

    def change_product(self, product_id: str, fields: Mapping[str, Any]) -> ProductShape:
        return cast(ProductShape, self._ask(Operation.CHANGE_PRODUCT, fields, product_id=product_id))

    def delete_product(self, product_id: str) -> None:
        self._ask(Operation.DELETE_PRODUCT, product_id=product_id)

    def optimize(self, product_id: str, options: Mapping[str, Any]) -> str:
        """The task's id."""
        return str(self._ask(Operation.OPTIMIZE_PRODUCT, options, product_id=product_id)["task_id"])

    def versions(self, product_id: str) -> list[VersionShape]:
        """Newest first."""
        found = self._ask(Operation.LIST_VERSIONS, product_id=product_id)["versions"]
        return cast(list[VersionShape], found)

    def publish_version(self, product_id: str, number: int) -> ProductShape:
        made = self._ask(Operation.PUBLISH_VERSION, {}, product_id=product_id, number=number)
        return cast(ProductShape, made)

    def tasks(self, product_id: str) -> list[TaskShape]:
        """Newest first."""
        found = self._ask(Operation.LIST_TASKS, query={"product": product_id})["results"]
        return cast(list[TaskShape], found)

    def task(self, task_id: str) -> TaskShape:
        return cast(TaskShape, self._ask(Operation.READ_TASK, task_id=task_id))

    # --- Uploads --------------------------------------------------------------------------------------------------

    def upload_limits(self) -> UploadLimits:
        return cast(UploadLimits, self._ask(Operation.READ_UPLOAD_LIMITS))

    def holders(self, sha256: str) -> list[Holder]:
        """Products that were sent this very file."""
        found = self._ask(Operation.READ_KNOWN_FILES, query={"sha256": sha256})["results"]
        return cast(list[Holder], found)

    def begin_upload(self, name: str, size: int, sha256: str) -> UploadShape:
        said = {"name": name, "size": size, "sha256": sha256}
        return cast(UploadShape, self._ask(Operation.BEGIN_UPLOAD, said))

    def upload(self, upload_id: str) -> UploadShape:
        return cast(UploadShape, self._ask(Operation.READ_UPLOAD, upload_id=upload_id))

    def complete_upload(self, upload_id: str) -> UploadShape:
        """Twice is harmless."""
        made = self._ask(Operation.COMPLETE_UPLOAD, {}, upload_id=upload_id, answer_s=_JOINING_S)
        return cast(UploadShape, made)

    # --- How it is asked ------------------------------------------------------------------------------------------

    def send(self, call: Call) -> Any:
        """A call as this login, renewed when it has run out; the JSON of its answer, or None."""
        header = self._login.header()
        answer = self.transport.send(_as(call, header, self._agent))
        if answer.status == 401 and self._login.renewed(header, self._exchange):
            answer = self.transport.send(_as(call, self._login.header(), self._agent))
        body = checked(call, answer).body
        try:
            return json.loads(body) if body else None
        except ValueError as error:
            raise problem_of(self.url, answer.status, body) from error

    def _ask(
        self,
        operation: Operation,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        key: str | None = None,
        with_login: bool = True,
        answer_s: float = ANSWER_S,
        **names: object,
    ) -> Any:
        headers = {"Accept": "application/json"}
        if operation.method == "POST" and with_login:
            headers["Idempotency-Key"] = key or str(uuid4())
        if body is not None:
            headers["Content-Type"] = "application/json"
        text = None if body is None else json.dumps(body).encode()
        call = Call(
            method=operation.method,
            url=f"{self.url}{operation.path(**names)}" + (f"?{urlencode(query)}" if query else ""),
            headers=headers,
            body=None if text is None else lambda: text,
            repeatable=operation not in _USED_ONCE,
            answer_s=answer_s,
            patience_s=_AT_A_PROMPT_S if operation is Operation.LOG_IN else PATIENCE_S,
        )
        if with_login:
            return self.send(call)
        return json.loads(checked(call, self.transport.send(_as(call, None, self._agent))).body or b"null")

    def _pages(self, operation: Operation, asked: Mapping[str, str]) -> Iterator[Any]:
        """All pages' results. The next page is asked for where we are, whatever name the service goes by."""
        query = dict(asked)
        while True:
            page = self._ask(operation, query=query)
            yield from page["results"]
            if not page.get("next"):
                return
            query = {name: values[0] for name, values in parse_qs(urlsplit(page["next"]).query).items()}

    def _exchange(self, refresh: str) -> Pair:
        try:
            return cast(Pair, self._ask(Operation.RENEW_TOKENS, {"refresh": refresh}, with_login=False))
        except Problem as problem:
            if problem.status not in {400, 401}:
                raise
            said = "Your login has run out"
            raise Problem(said, problem.detail, code="login-needed", status=401) from problem


def _as(call: Call, header: str | None, agent: str) -> Call:
    authorization = {} if header is None else {"Authorization": header}
    headers = {**call.headers, "User-Agent": agent, **authorization}
    return replace(call, headers=headers)
