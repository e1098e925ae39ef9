"""A file on its way to a Vitrine, in parts, several at once; whatever broke is asked for and sent again."""

import base64
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path

from vitrine.client.operations import Operation
from vitrine.client.problem import Problem
from vitrine.client.service import Vitrine
from vitrine.client.shapes import PartShape, UploadShape
from vitrine.client.transport import ANSWER_S, Call, checked

AT_ONCE = 4
_ROUNDS = 4
_PIECE_BYTES = 1024 * 1024
_MENDED_BY_ASKING = frozenset({400, 403, 404, 409, 422})
"""A part that came broken, an address at the store that ran out: what is still missing has a new address."""

OnBytes = Callable[[int], None]


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Sending:
    """Puts the missing parts of `path` to their places. `on_bytes` hears, from any thread, how many bytes are there."""

    def __init__(self, service: Vitrine, path: Path, on_bytes: OnBytes) -> None:
        self._service, self._on_bytes = service, on_bytes
        self._lock = threading.Lock()
        self._there: dict[int, int] = {}
        self._file = _Shared(path)
        self._stopped = threading.Event()

    def finish(self, upload: UploadShape) -> UploadShape:
        """Until it is complete. Problem when a part is refused whatever is tried."""
        for left in reversed(range(_ROUNDS)):  # each asks anew what is missing, and where it goes
            if upload["status"] == "complete":
                break
            failed = self._send_missing(upload)
            try:
                if failed is not None:
                    raise failed
                upload = self._service.complete_upload(upload["id"])
            except Problem as problem:
                if not left or (failed is None and problem.status != 409):
                    raise
                upload = self._service.upload(upload["id"])
        self._on_bytes(upload["size"])
        return upload

    def _send_missing(self, upload: UploadShape) -> Problem | None:
        """None when all are there, else what was said to one that may be tried again."""
        self._there = {part["number"]: part["size"] for part in upload["parts"] if part["received"]}
        self._tell()
        missing = [part for part in upload["parts"] if not part["received"]]
        pool = ThreadPoolExecutor(max_workers=AT_ONCE)
        try:
            running = [pool.submit(self._put, upload, part) for part in missing]
            wait(running, return_when=FIRST_EXCEPTION)
        except BaseException:
            self._stopped.set()
            self._service.close()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
        return _worst(running)

    def _put(self, upload: UploadShape, part: PartShape) -> None:
        digest = self._digest(part, direct=upload["direct"])
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(part["size"]),
            **digest,
        }
        names = {"upload_id": upload["id"], "number": part["number"]}
        ours = self._service.url + Operation.PUT_PART.path(**names)
        call = Call(
            method="PUT",
            url=(part["url"] or ours) if upload["direct"] else ours,
            headers=headers,
            body=lambda: _Piece(self._file, part, self._heard, self._stopped),
            repeatable=True,
            answer_s=ANSWER_S,
        )
        if upload["direct"]:  # its address holds its own leave: no login goes there
            checked(call, self._service.transport.send(call))
        else:
            self._service.send(call)

    def _digest(self, part: PartShape, *, direct: bool) -> dict[str, str]:
        digest = hashlib.md5(usedforsecurity=False) if direct else hashlib.sha256()
        piece = _Piece(self._file, part, lambda number, count: None, self._stopped)
        while block := piece.read(_PIECE_BYTES):
            digest.update(block)
        said = base64.b64encode(digest.digest()).decode()
        return {"Content-MD5": said} if direct else {"Content-Digest": f"sha-256=:{said}:"}

    def _heard(self, number: int, count: int) -> None:
        with self._lock:
            self._there[number] = count
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            self._on_bytes(sum(self._there.values()))


class _Shared:
    """A file that several threads read at places of their own."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()

    def at(self, offset: int, size: int) -> bytes:
        with self._lock, self._path.open("rb", buffering=0) as file:
            file.seek(offset)
            return file.read(size) or b""


class _Piece:
    """A part of a file, read once from its beginning."""

    def __init__(
        self, file: _Shared, part: PartShape, heard: Callable[[int, int], None], stopped: threading.Event
    ) -> None:
        self._file, self._part, self._read = file, part, 0
        self._heard, self._stopped = heard, stopped

    def read(self, size: int, /) -> bytes:
        if self._stopped.is_set():
            raise ConnectionAbortedError("stopped")
        self._heard(self._part["number"], self._read)  # what was handed over before this has been sent
        left = self._part["size"] - self._read
        block = self._file.at(self._part["offset"] + self._read, min(size, left)) if left else b""
        self._read += len(block)
        return block


def _worst(done: list[Future[None]]) -> Problem | None:
    """Raises what asking again does not mend."""
    found: Problem | None = None
    for one in done:
        error = None if one.cancelled() else one.exception()
        if error is not None and not (isinstance(error, Problem) and error.status in _MENDED_BY_ASKING):
            raise error
        found = error if isinstance(error, Problem) else found
    return found
