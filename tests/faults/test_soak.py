"""Nothing that was acknowledged is lost and nothing happens twice, whatever is killed or cut."""

from pathlib import Path

import pytest

from tests.faults.soak import Plan, soak


@pytest.mark.timeout(90)
async def test_five_kills_lose_and_double_nothing(tmp_path: Path, model: Path) -> None:
    result = await soak(Plan(kills=5, customers=10, messages=25), tmp_path, model)

    assert result["kills"] == 5 and result["counted"]["messages"] >= 250
    assert result["counted"]["tickets"] and result["counted"]["in mode human"]


@pytest.mark.timeout(90)
async def test_two_processes_on_postgresql_with_redis_cut(tmp_path: Path, model: Path) -> None:
    result = await soak(Plan(kills=4, customers=6, messages=20, database="postgres"), tmp_path, model)

    assert result["kills"] == 4 and result["redis_cuts"] >= 2
    assert result["counted"]["tickets"] and result["counted"]["in mode human"]


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("seed", [1, 2])
async def test_thirty_kills_lose_and_double_nothing(
    tmp_path: Path, model: Path, database: str, seed: int
) -> None:
    result = await soak(
        Plan(kills=30, customers=20, messages=50, database=database, seed=seed), tmp_path, model
    )

    assert result["kills"] == 30 and result["counted"]["messages"] >= 1000
