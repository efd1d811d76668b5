"""What the fault tests share: the model, trained once, and a data folder that has it."""

from pathlib import Path

import pytest

from tests.harness import furnished, trained


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the trained demonstration pack."""
    return trained(tmp_path_factory.mktemp("model"))


@pytest.fixture
def data(tmp_path: Path, model: Path) -> Path:
    """A data folder that needs no training."""
    return furnished(tmp_path / "data", model)
