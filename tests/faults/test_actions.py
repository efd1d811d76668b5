"""Killed between the call to another system and the note of its answer: nothing is done twice, everybody is answered."""

from pathlib import Path

import pytest

from tests.faults import trial
from tests.faults.actions import Plan, run
from tests.faults.visits import KINDS


@pytest.fixture(scope="session")
def trial_pack(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The tests' own pack, and a folder with its trained model."""
    return trial.trained(tmp_path_factory.mktemp("trial"))


@pytest.mark.timeout(300)
async def test_five_kills_between_call_and_answer(tmp_path: Path, trial_pack: tuple[Path, Path]) -> None:
    result = await run(Plan(kills=5), tmp_path, *trial_pack)

    assert result["kills"] == 5
    assert result["caught"] == result["customers"] == 5 * len(KINDS)
    assert result["outcomes"]["known to be cut short"] >= 15


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("moments", ["between", "random"])
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_fifty_kills(tmp_path: Path, trial_pack: tuple[Path, Path], database: str, moments: str) -> None:
    plan = Plan(kills=50, database=database, moments=moments)  # type: ignore[arg-type]
    result = await run(plan, tmp_path, *trial_pack)

    assert result["kills"] == 50
    assert result["outcomes"]["known to be cut short"] >= 10
    assert result["customers"] >= 50
