"""An action whose service nobody described is found before anything is served."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from app.pack import check, load
from governance.actions import parse

TELECOM = Path(__file__).parents[3] / "packs" / "telecom"
MINE = "actions:\n  mine: {interface: \"%s\", effect: read, parameters: {}, result: {}}\n"
SERVICES = "connectors:\n  office: {url: 'http://x', document: /openapi.json}\n  tools: {mcp: {url: 'http://y/mcp'}}\n"


@pytest.mark.parametrize(
    ("interface", "wrong"),
    [
        ("http:office/look", ""),
        ("mcp:tools/look", ""),
        ("mcp:office/look", "there is no service `office` for `mcp:`"),
        ("http:tools/look", "there is no service `tools` for `http:`"),
        ("mcp:nobody/look", "there is no service `nobody` for `mcp:`"),
        ("soap:office/look", "nothing calls `soap:office/look`"),
    ],
)
def test_every_service_is_described_for_the_way_it_is_called(interface: str, wrong: str) -> None:
    files = {"actions.yml": MINE % interface, "connectors.yml": SERVICES}
    pack = replace(load(TELECOM), files=files, actions=parse(files))
    found = [mistake for mistake in check(pack, set()) if mistake.file == "actions.yml"]
    assert [mistake.what for mistake in found] == ([wrong] if wrong else [])
    assert all(mistake.line == 2 for mistake in found)
