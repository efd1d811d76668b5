"""People and customers over a bad network: nothing lost, doubled or out of order, nobody with two owners."""

from pathlib import Path

import pytest

from tests.faults.desk_soak import Plan, soak


@pytest.mark.timeout(110)
async def test_five_agents_and_thirty_customers_for_half_a_minute(tmp_path: Path, model: Path) -> None:
    result = await soak(Plan(agents=5, customers=30, seconds=30, every=2.0, cut_one_of=5), tmp_path, model)

    assert result["messages"] == 450 and result["taken"] == 30 and result["cuts"] > 3
    assert result["answers"] == 210
    assert result["suggested_of_messages"] > 0.8


@pytest.mark.soak
@pytest.mark.timeout(1500)
async def test_thirty_agents_and_three_hundred_customers_for_ten_minutes(tmp_path: Path, model: Path) -> None:
    result = await soak(Plan(), tmp_path, model)

    assert result["messages"] == 36_000 and result["taken"] == 300 and result["cuts"] > 100
    assert result["steady_p95_ms"] <= 100 and result["suggested_p95_ms"] <= 150
