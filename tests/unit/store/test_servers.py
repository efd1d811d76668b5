"""A server that is not installed is named, and the tests that need it fail."""

from pathlib import Path

import pytest

from tests import servers


def test_a_missing_program_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    with pytest.raises(servers.NotInstalled, match="apt install redis-server"):
        servers.redis_binary()
    with pytest.raises(servers.NotInstalled, match="apt install postgresql"):
        servers.postgres_binaries()
