"""The books: what was acknowledged beside what is there. Each fault is one sentence; none means that they balance."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.chaos.ledger import Kept, Ledger

ALL = "00000000-0000-0000-0000-000000000000"


def faults(ledger: Ledger, told: dict[str, Any]) -> list[str]:
    """`told` by `accounts.py`."""
    return [*ledger.wrong, *_of_all(told), *_of_products(ledger, told), *_of_events(ledger, told)]


def _of_all(told: dict[str, Any]) -> Iterator[str]:
    yield from (f"job {one} never ended" for one in told["open_jobs"])
    yield from (f"job {one} failed without a reason" for one in told["unexplained"])
    yield from (f"file {one}" for one in told["bad_files"])
    yield from (f"nobody refers to {one}" for one in told["orphans"])
    if told["leased"]:
        yield f"{told['leased']} ended jobs are leased for ever"
    if told["uploads"]:
        yield f"{told['uploads']} uploads are left after the sweep"
    if told["audit"]:
        yield f"the audit log is broken at {told['audit']}"


def _of_products(ledger: Ledger, told: dict[str, Any]) -> Iterator[str]:
    there: dict[str, Any] = told["products"]
    names = Counter(one["name"] for one in there.values())
    yield from (f"{name} was made {count} times" for name, count in names.items() if count > 1)
    for product_id, kept in ledger.products.items():
        found = there.get(product_id)
        if found is None:
            yield f"{kept.name} was taken and is not there"
            continue
        yield from _of_versions(kept, found)
        yield from _of_showing(kept, found)
        yield from _of_audit(kept, found, told["done"])


def _of_versions(kept: Kept, found: dict[str, Any]) -> Iterator[str]:
    by_number = {one["number"]: one for one in found["versions"]}
    if sorted(by_number) != list(range(1, len(found["versions"]) + 1)):
        yield f"{kept.name}'s versions are numbered {[one['number'] for one in found['versions']]}"
    sent = {number: one["sha256"] for number, one in by_number.items() if not one["optimized"]}
    for number, sha256 in kept.sent.items():
        if sent.get(number) != sha256:
            yield f"{kept.name}'s version {number} was taken and is not there as it was sent"
    if len(sent) > len(kept.sent):  # each shop insists until it is answered
        yield f"{kept.name} has {len(sent)} versions that were sent, {len(kept.sent)} were"
    made = Counter(one["made_from"] for one in found["versions"] if one["optimized"])
    yield from (
        f"{kept.name}'s version {one} was made {count} times" for one, count in made.items() if count > 1
    )
    for number in sent:
        if not any(one["of"] == number for one in found["jobs"]):
            yield f"{kept.name}'s version {number} has no job"


def _of_showing(kept: Kept, found: dict[str, Any]) -> Iterator[str]:
    if found["removed"] != kept.removed:
        yield f"{kept.name} is {'removed' if found['removed'] else 'here'}, and should not be"
    shown = found["shown_when_removed"] if kept.removed else found["published"]
    if kept.removed and found["published"] is not None:
        yield f"{kept.name} was removed and is shown"
    wanted = kept.published if kept.published is not None else _by_first_job(found)
    if shown != wanted:
        yield f"{kept.name} shows version {shown}; it should be {wanted}"


def _by_first_job(found: dict[str, Any]) -> int | None:
    """What the first job published: what it made, else what was sent, if it ended well."""
    if not any(one["of"] == 1 and one["state"] == "done" for one in found["jobs"]):
        return None
    made = [one["number"] for one in found["versions"] if one["made_from"] == 1]
    return made[0] if made else 1


def _of_audit(kept: Kept, found: dict[str, Any], done: dict[str, dict[str, int]]) -> Iterator[str]:
    if done.get("product.created", {}).get(kept.id) != 1:
        yield f"the audit log has {kept.name} made {done.get('product.created', {}).get(kept.id, 0)} times"
    if done.get("version.created", {}).get(kept.id, 0) != len(found["versions"]):
        yield f"the audit log does not have each version of {kept.name} once"
    if kept.removed and not done.get("product.deleted", {}).get(kept.id):
        yield f"the audit log does not know that {kept.name} was removed"


def _of_events(ledger: Ledger, told: dict[str, Any]) -> Iterator[str]:
    for product_id, kept in ledger.products.items():
        counted = told["touches"].get(product_id, 0)
        if counted != kept.touches:
            yield f"{kept.name}: {kept.touches} events were taken, {counted} are counted"
    acknowledged = sum(one.touches for one in ledger.products.values())
    if told["touches"].get(ALL, 0) != acknowledged:
        yield f"{acknowledged} events were taken in all, {told['touches'].get(ALL, 0)} are counted"
    if told["batches"] != acknowledged:
        yield f"batches of {told['batches']} events are kept, {acknowledged} were taken"
