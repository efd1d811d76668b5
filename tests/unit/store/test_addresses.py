"""The address of a database, as each driver reads it."""

import pytest

from store.pgwriter import dsn
from store.postgres import engine_url


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg"])
@pytest.mark.parametrize("option", ["sslmode", "ssl"])
def test_one_setting_serves_both_drivers(scheme: str, option: str) -> None:
    address = f"{scheme}://me:s%40cret@db:5433/x?{option}=require"
    assert dsn(address) == "postgresql://me:s%40cret@db:5433/x?sslmode=require"
    assert engine_url(address).render_as_string(hide_password=False) == (
        "postgresql+asyncpg://me:s%40cret@db:5433/x?ssl=require"
    )
