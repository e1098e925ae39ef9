"""What an installation costs: `python -m vitrine_aws.costs` prints the tables that stand in docs/aws.md.

A month has 730 hours. What grows by itself is counted at its least, so this is what an idle installation costs; what
views cost comes on top. Not counted: data between zones, backups beyond the disk's own size, taxes, support.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vitrine_aws.numbers import NAMES
from vitrine_aws.prices import PRICES
from vitrine_aws.sizes import SIZES, Size, Task

HOURS = 730
SMALL_TASK_CPU, SMALL_TASK_MIB = 256, 512
_WAF_RULES = 4
_ALARM_METRICS = 18
_SECRETS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one view of a product page asks for. The bytes are a poster, a preview of at most 100 kB and a web variant;
    the element is kept by browsers."""

    requests: int = 8
    """Product, oEmbed or page, element (2), poster, preview, web variant, and what was seen."""
    files: int = 3
    mb: float = 1.6
    missed: float = 0.05
    """The share of files that the CDN has to fetch from the bucket."""
    uncached: float = 1.3
    """Requests that come through to a server: what was seen is told once, and some reads are not kept at the edge."""


VIEW = View()
LIBRARY_GB = {"small": 50, "medium": 500, "large": 5_000}
"""Files of so many GB: half originals, of which nine tenths are older than 90 days."""
_COLD, _ARCHIVED = 0.05, 0.45


def usd(name: str) -> float:
    return PRICES[name].usd


def task(one: Task, *, count: float, share: float = 1.0) -> float:
    """`share` of the price on demand."""
    hour = one.cpu / 1024 * usd("vcpu") + one.memory_mib / 1024 * usd("memory")
    return HOURS * count * hour * share


def month(size: Size) -> dict[str, float]:
    """USD a month by what it is for, with the least that runs."""
    small = Task(cpu=SMALL_TASK_CPU, memory_mib=SMALL_TASK_MIB, least=1, most=1, processes=1)
    spot = size.worker.least - size.steady_workers
    database = HOURS * usd(f"db.{size.database}")
    disk = size.database_gb * usd("db.storage")
    copies = 2 if size.database_standby else 1
    library = LIBRARY_GB[size.name]
    hot = 1 - _COLD - _ARCHIVED
    return {
        "Web servers": task(size.web, count=size.web.least),
        "API servers": task(size.api, count=size.api.least),
        "Workers": task(size.worker, count=spot, share=usd("spot"))
        + task(size.worker, count=size.steady_workers),
        "Numbers, logs": task(small, count=1, share=usd("spot")),
        "Database": copies * (database + disk),
        "Its replica": (database + disk) if size.replica else 0.0,
        "Valkey": HOURS * size.cache_nodes * usd(f"cache.{size.cache}"),
        "Files": library * (hot * usd("s3.gb") + _COLD * usd("s3.cold") + _ARCHIVED * usd("s3.archive")),
        "Balancer": HOURS * (usd("balancer") + usd("balancer.unit")),
        "NAT gateways": HOURS * size.nat_gateways * usd("nat"),
        "Firewall": usd("waf.acl") + _WAF_RULES * usd("waf.rule"),
        "Metrics, alarms, keys": len(NAMES) * usd("metric")
        + _ALARM_METRICS * usd("alarm")
        + _SECRETS * usd("secret")
        + usd("key"),
    }


def million_views(view: View = VIEW) -> dict[str, float]:
    """USD for a million views, free tiers left out."""
    million = 1_000_000
    return {
        "CloudFront, bytes": million * view.mb / 1000 * usd("cdn.gb"),
        "CloudFront, requests": million * view.requests * usd("cdn.request"),
        "CloudFront, the function": million * view.files * usd("cdn.function"),
        "Firewall": million * view.requests * usd("waf.request"),
        "Bucket": million * view.files * view.missed * usd("s3.get"),
        "Servers": million * view.uncached / _REQUESTS_A_VCPU_HOUR * (usd("vcpu") + 2 * usd("memory")),
    }


_REQUESTS_A_VCPU_HOUR = 100 * 3600
"""At the load at which one more server is started: 100 a second of each process, one process a vCPU."""


def table(rows: Iterable[tuple[str, ...]], *head: str) -> str:
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def months_table() -> str:
    costs = {name: month(size) for name, size in SIZES.items()}
    rows = [(what, *(f"{one[what]:,.0f}" for one in costs.values())) for what in costs["small"]]
    total = ("**Together, USD a month**", *(f"**{sum(one.values()):,.0f}**" for one in costs.values()))
    return table([*rows, total], "", *SIZES)


def views_table() -> str:
    costs = million_views()
    rows = [(what, f"{cost:,.2f}") for what, cost in costs.items()]
    return table([*rows, ("**Together**", f"**{sum(costs.values()):,.2f}**")], "a million views", "USD")


def prices_table() -> str:
    rows = [(f"`{name}`", f"{one.usd:.10g}", one.of, one.source, one.read) for name, one in PRICES.items()]
    lines = [("price", "USD", "of", "read at", "when"), ("---", "---:", "---", "---", "---"), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(months_table(), views_table(), prices_table(), sep="\n\n")
