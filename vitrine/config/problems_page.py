"""`docs/problems.md`, made of the one table in `api/problem_codes.py`."""

from collections.abc import Iterator

from vitrine.api.problem_codes import MEANINGS

_HEAD = """# Problem codes

Made by `make contracts` of `vitrine/api/problem_codes.py`; the service shows the same at `/docs/problems`.

What `code` in an error means, and what to do about it. The same codes stand in a failed task's `error`.

| code | status | means | what to do |
|---|---|---|---|
"""


def problems_page() -> str:
    return _HEAD + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    for code, meaning in MEANINGS.items():
        more = f" ([more]({meaning.more}))" if meaning.more else ""
        statuses = ", ".join(map(str, meaning.statuses))
        yield f"| `{code}` | {statuses} | {meaning.means} | {meaning.cure}{more} |"
