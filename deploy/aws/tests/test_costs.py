"""The cost tables: worked out again from the sizes that are deployed, and what docs/aws.md says is what comes out."""

import pytest
from vitrine_aws.costs import (
    HOURS,
    View,
    million_views,
    month,
    months_table,
    prices_table,
    usd,
    views_table,
)
from vitrine_aws.prices import PRICES
from vitrine_aws.sizes import LARGE, MEDIUM, SIZES, SMALL

from tests.conftest import ROOT, Made


@pytest.mark.parametrize("made_table", [months_table, views_table, prices_table])
def test_the_guide_says_what_comes_out(made_table: object) -> None:
    assert callable(made_table)

    assert made_table() in (ROOT / "docs/aws.md").read_text()


def test_one_row_worked_out_by_hand() -> None:
    # Two API servers of 1 vCPU and 2 GiB: 2 × 730 × (0.04048 + 2 × 0.004445)
    assert month(MEDIUM)["API servers"] == pytest.approx(72.08, abs=0.01)
    # A primary, its standby and a replica of db.m7g.large with 200 GB: 730 × 0.168 + 23, and twice that
    assert month(MEDIUM)["Its replica"] == pytest.approx(145.64)
    assert month(MEDIUM)["Database"] == pytest.approx(2 * 145.64)
    assert month(SMALL)["Its replica"] == 0


def test_spot_is_what_makes_workers_cheap() -> None:
    full = HOURS * (2 * usd("vcpu") + 8 * usd("memory"))

    assert month(SMALL)["Workers"] == pytest.approx(full * 0.3)


def test_a_million_views_cost_mostly_their_bytes() -> None:
    costs = million_views()

    assert costs["CloudFront, bytes"] == pytest.approx(136.0)
    assert costs["CloudFront, bytes"] > sum(costs.values()) / 2
    assert million_views(View(mb=3.2))["CloudFront, bytes"] == pytest.approx(272.0)


def test_each_size_costs_more_than_the_one_before_and_less_than_its_budget() -> None:
    small, medium, large = (sum(month(size).values()) for size in (SMALL, MEDIUM, LARGE))

    assert small < medium < large
    for size in SIZES.values():
        assert sum(month(size).values()) < size.budget_usd


def test_every_price_says_where_it_is_from() -> None:
    assert all(one.usd > 0 and one.of and one.source and one.read for one in PRICES.values())


def test_what_is_priced_is_what_is_deployed(made: Made) -> None:
    size = SIZES[made.size]
    classes = {one["DBInstanceClass"] for one in made.of("RDS::DBInstance").values()}
    assert classes == {f"db.{size.database}"}
    (group,) = made.of("ElastiCache::ReplicationGroup").values()
    assert (group["CacheNodeType"], group["NumCacheClusters"]) == (f"cache.{size.cache}", size.cache_nodes)
    assert len(made.of("EC2::NatGateway")) == size.nat_gateways
    for name, one in (("Web", size.web), ("Api", size.api), ("Worker", size.worker)):
        task = made.only("ECS::TaskDefinition", f"Services{name}Task")
        assert (task["Cpu"], task["Memory"]) == (str(one.cpu), str(one.memory_mib))
        services = made.of("ECS::Service").items()
        (desired,) = (
            given["DesiredCount"] for key, given in services if key.startswith(f"Services{name}Service")
        )
        assert desired == one.least
