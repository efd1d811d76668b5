"""What a person got wrong stops a start with one line that says what to do; never a traceback."""

import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from tests.harness import ROOT, Server, command


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a command that was refused."""
    assert done.returncode == 1, done
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return lines[0]


def pack_with(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the demonstration pack with one mistake."""
    source = ROOT / "packs" / "telecom"
    for path in source.rglob("*"):
        if path.is_file() and path.suffix in (".yml", ".md"):
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text("utf-8")
            if target == folder / name:
                assert old in text
                text = text.replace(old, new, 1)
            target.write_text(text, "utf-8")
    return folder


def test_a_port_in_use(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = refused(command(data, "serve", port=port))

    assert port in line and "SWITCHBOARD_PORT" in line


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "SWITCHBOARD_DATA" in refused(command(tmp_path / "file" / "data", "serve", cwd=tmp_path))


def test_a_database_of_a_newer_version(data: Path) -> None:
    assert command(data, "migrate").returncode == 0
    with closing(sqlite3.connect(data / "switchboard.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()

    line = refused(command(data, "serve"))

    assert "newer version" in line and "9999" in line


def test_a_wrong_setting(data: Path) -> None:
    assert "SWITCHBOARD_TIMEZONE" in refused(command(data, "serve", timezone="Mars/Olympus"))


def test_a_database_that_cannot_be_reached(data: Path) -> None:
    line = refused(command(data, "serve", database_url="postgresql://nobody@127.0.0.1:1/none"))

    assert "SWITCHBOARD_DATABASE_URL" in line


async def test_a_second_process_on_one_file(data: Path) -> None:
    async with Server(data):
        line = refused(command(data, "serve"))

    assert "Another process serves" in line


def test_a_pack_with_a_mistake_names_file_line_and_mend(tmp_path: Path) -> None:
    flow = "flows/report_fault.yml"
    pack = pack_with(tmp_path / "pack", flow, "collect: problem,", "collect: problme,")
    place = next(n for n, line in enumerate((pack / flow).read_text().splitlines(), 1) if "problme" in line)

    for verb in ("train", "serve"):
        line = refused(command(tmp_path / "data", verb, pack=str(pack)))

        assert f"{flow}:{place}" in line
        assert "problme" in line


def test_a_pack_that_is_no_yaml(tmp_path: Path) -> None:
    pack = pack_with(tmp_path / "pack", "slots.yml", "slots:\n", "slots: [\n")

    assert "slots.yml:" in refused(command(tmp_path / "data", "train", pack=str(pack)))
