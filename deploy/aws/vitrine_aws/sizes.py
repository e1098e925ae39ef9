"""Small, medium and large: all that differs between installations, in one table that stack and costs both read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One Fargate task, and how many of it there are. `cpu` in 1/1024 of a vCPU, memory in MiB."""

    cpu: int
    memory_mib: int
    least: int
    most: int
    processes: int
    """Web servers: granian's workers. Workers: models cooked at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    name: str
    zones: int
    nat_gateways: int
    web: Task
    api: Task
    worker: Task
    steady_workers: int
    """Of the workers, how many are not on Spot: webhooks and nightly rounds go on when Spot has no room."""
    database: str
    """Without the `db.` before it."""
    database_gb: int
    database_standby: bool
    replica: bool
    backup_days: int
    """How far back the database can be set to any second; the bucket keeps what was deleted for as long."""
    cache: str
    """Without the `cache.` before it."""
    cache_nodes: int
    budget_usd: int
    """A month; mails go out at 80 % of it, and when the month will exceed it."""


SMALL = Size(
    name="small",
    zones=2,
    nat_gateways=1,
    web=Task(cpu=512, memory_mib=1024, least=1, most=3, processes=1),
    api=Task(cpu=512, memory_mib=1024, least=1, most=4, processes=1),
    worker=Task(cpu=2048, memory_mib=8192, least=1, most=4, processes=1),
    steady_workers=0,
    database="t4g.medium",
    database_gb=50,
    database_standby=False,
    replica=False,
    backup_days=7,
    cache="t4g.small",
    cache_nodes=1,
    budget_usd=500,
)
MEDIUM = Size(
    name="medium",
    zones=2,
    nat_gateways=2,
    web=Task(cpu=1024, memory_mib=2048, least=2, most=8, processes=2),
    api=Task(cpu=1024, memory_mib=2048, least=2, most=16, processes=2),
    worker=Task(cpu=4096, memory_mib=16384, least=2, most=20, processes=2),
    steady_workers=1,
    database="m7g.large",
    database_gb=200,
    database_standby=True,
    replica=True,
    backup_days=14,
    cache="m7g.large",
    cache_nodes=2,
    budget_usd=3_000,
)
LARGE = Size(
    name="large",
    zones=3,
    nat_gateways=3,
    web=Task(cpu=2048, memory_mib=4096, least=3, most=30, processes=4),
    api=Task(cpu=2048, memory_mib=4096, least=4, most=60, processes=4),
    worker=Task(cpu=4096, memory_mib=16384, least=4, most=100, processes=2),
    steady_workers=2,
    database="r7g.2xlarge",
    database_gb=1_000,
    database_standby=True,
    replica=True,
    backup_days=35,
    cache="r7g.large",
    cache_nodes=3,
    budget_usd=12_000,
)
SIZES = {one.name: one for one in (SMALL, MEDIUM, LARGE)}
