"""The sealer's anchors, and `switchboard verify` over them."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from app import commands
from app.ledger import HEAD, HEADS, Sealer, anchors_of
from app.settings import load
from governance.ledger import genuine
from store.ledger import ledger_of
from store.migrate import upgrade_sqlite
from store.sqlite import SqliteStore
from tests.contracts.worlds import NOW, said, started


async def filled(path: Path, folder: Path, key: bytes) -> None:
    """Two passes of the sealer over a small log, the second one the last of its process."""
    upgrade_sqlite(path)
    store = SqliteStore(path, "one")
    await store.start()
    sealer = Sealer(ledger_of(store), lambda: NOW, folder, key)
    await store.append(started(), said("one"))
    await sealer.pass_over()
    assert await sealer.pass_over() is None
    await store.append(said("two"))
    await sealer.finish()
    await store.stop()


def verified(data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """The command's exit code and its JSON."""
    capsys.readouterr()
    settings = load(data=data, secret_key="s" * 32, _env_file=None)
    try:
        commands.verify(settings, as_json=True)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_the_command_finds_a_tail_that_was_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, folder, key = tmp_path / "switchboard.db", tmp_path / "anchors", b"s" * 32
    asyncio.run(filled(path, folder, key))
    anchors = anchors_of(folder)
    assert [anchor.number for anchor in anchors] == [1, 2, 2] and all(genuine(anchor, key) for anchor in anchors)
    code, report = verified(tmp_path, capsys)
    assert (code, report["faults"], report["events"], report["blocks"]) == (0, [], 3, 2)
    connection = sqlite3.connect(path)
    connection.executescript(
        "DELETE FROM events WHERE position = 3; DELETE FROM ledger WHERE number = 2; UPDATE streams SET version = 2;"
    )
    connection.close()
    code, report = verified(tmp_path, capsys)
    assert (code, [(fault["what"], fault["position"]) for fault in report["faults"]]) == (1, [("cut", 2)])


def test_a_broken_anchor_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(filled(tmp_path / "switchboard.db", tmp_path / "anchors", b"s" * 32))
    with (tmp_path / "anchors" / HEADS).open("a") as file:
        file.write("not an anchor\n")
    (tmp_path / "anchors" / HEAD).write_text("{}")
    code, report = verified(tmp_path, capsys)
    assert (code, {fault["what"] for fault in report["faults"]}) == (1, {"anchor"})
