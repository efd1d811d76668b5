"""A pack's conversations are played as they would be in service, and what they did not reach is named."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from app import pack as packs
from app.packtest import run_pack
from app.scripts import parse
from app.settings import load
from core.errors import PackMistake
from tests.harness import command
from tests.unit.app.small_pack import write


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the small pack's training in it."""
    folder = tmp_path_factory.mktemp("small")
    packs.train(folder, packs.load(write(folder / "pack")))
    return folder


def played(data: Path, folder: Path, **tests: str) -> dict[str, Any]:
    """What `switchboard test` finds out about the small pack with these test files."""
    pack = write(folder / "pack", **tests)
    return asyncio.run(run_pack(load(data=data, pack=str(pack), _env_file=None)))


def test_every_step_and_every_way_can_be_reached(data: Path, tmp_path: Path) -> None:
    result = played(data, tmp_path)
    assert (result["failures"], result["passed"]) == ([], 15)
    assert (result["not_reached"], result["branches_not_reached"]) == ([], [])
    assert (result["steps"], result["steps_reached"]) == (19, 19)
    assert (result["branches"], result["branches_reached"]) == (20, 20)


ONE = """
tests:
  - name: {name}
    language: en
    identity: {{user_id: u-1}}
    steps: {steps}
"""


def test_what_is_counted_branch_by_branch(data: Path, tmp_path: Path) -> None:
    steps = "[{press: /suspend}, {user: L0000-0}, {user: L1001-1}, {press: /affirm}, {action: suspend_line}]"
    result = played(data, tmp_path, one=ONE.format(name="One way", steps=steps))
    assert result["failures"] == []
    assert set(result["not_reached"]) == {
        *(f"callback.{step}" for step in ("at", "book", "booked", "not_booked", "done")),
        *(f"suspend.{step}" for step in ("sorry", "why", "person")),
        *(f"ask_why.{step}" for step in ("why", "judge", "note", "kept", "lost")),
    }
    taken = {"line→filled", "line→line == 'L0000-0'", "who→verified", "sure→yes", "act→success"}
    assert {way.removeprefix("suspend.") for way in result["branches_not_reached"]}.isdisjoint(taken)
    assert {way for way in result["branches_not_reached"] if way.startswith("suspend.")} == {
        "suspend.line→limit", "suspend.who→failed", "suspend.sure→no", "suspend.act→failure", "suspend.why→back",
        "suspend.why→failure", "suspend.escalate→line == 'L6666-6'",
    }  # fmt: skip
    assert result["branches_reached"] == len(taken)


def test_an_unreachable_outside_starts_no_program(data: Path, tmp_path: Path) -> None:
    steps = "[{press: /callback}, {user: tomorrow at 3 pm}, {approve: call_back}, {action: {name: call_back, outcome: failed}}]"
    test = ONE.format(name="Nothing there", steps=steps).replace("    steps", "    outside: unreachable\n    steps")
    pack = write(tmp_path / "pack", one=test)
    begun = tmp_path / "begun"
    actions = (pack / "actions.yml").read_text("utf-8").replace("http:office/register_callback", "mcp:tools/call_back")
    (pack / "actions.yml").write_text(actions, "utf-8")
    with (pack / "connectors.yml").open("w", encoding="utf-8") as file:
        file.write("connectors:\n  office: {demonstration: packs.telecom.backoffice, document: /openapi.json}\n")
        file.write(f"  tools: {{mcp: {{command: [touch, '{begun}']}}}}\n")
    result = asyncio.run(run_pack(load(data=data, pack=str(pack), _env_file=None)))
    assert (result["passed"], result["failures"]) == (1, [])
    assert not begun.exists()


WRONG = """
tests:
  - name: Another response
    language: en
    steps:
      - {user: block my SIM}
      - {bot: utter_ask_at}
  - name: Other words
    language: en
    steps:
      - {user: block my SIM}
      - {bot: {contains: elephant}}
  - name: A ticket that there is none of
    language: en
    steps: [{user: block my SIM}, {ticket: note}]
  - name: What must not be
    language: en
    steps:
      - {user: block my SIM}
      - {not: {bot: utter_ask_line}}
  - name: Other slots
    language: en
    steps:
      - {press: /callback}
      - {user: tomorrow at 3 pm}
      - {slots: {at: {date: "2026-09-03", time: "15:00"}}}
  - name: Nothing to click
    language: en
    steps:
      - {user: call me back}
      - {approve: call_back}
  - name: Another outcome
    language: en
    steps:
      - {press: /callback}
      - {user: tomorrow at 3 pm}
      - {action: call_back}
  - name: The wrong order
    language: en
    identity: {user_id: u-1}
    steps:
      - {press: /suspend}
      - {user: L1001-1}
      - {press: /affirm}
      - {bot: utter_anything_else}
      - {bot: utter_suspended}
  - name: One that goes right
    language: en
    steps: [{user: block my SIM}, {bot: utter_ask_line}]
"""


def test_a_failure_names_line_expectation_and_what_came(data: Path, tmp_path: Path) -> None:
    result = played(data, tmp_path, wrong=WRONG)
    assert result["passed"] == 1
    assert {failure["file"] for failure in result["failures"]} == {"tests/wrong.yml"}
    found = [(failure["line"], failure["what"].split(": ", 1)[1]) for failure in result["failures"]]
    assert [line for line, _ in found] == [7, 12, 15, 20, 26, 31, 37, 46]
    assert found[0][1] == "expected bot 'utter_ask_at', got bot utter_ask_line 'ask_line.en'"
    assert "contains 'elephant', got bot utter_ask_line" in found[1][1]
    assert "expected ticket 'note'" in found[2][1]
    assert "expected no bot 'utter_ask_line'" in found[3][1]
    assert "got {'at': {'date': '2026-09-02', 'time': '15:00'}}" in found[4][1]
    assert found[5][1] == "no `call_back` waits for a click"
    assert "got action call_back proposed; bot utter_action_proposed" in found[6][1]
    assert result["failures"][0]["test"] == "tests/wrong.yml: Another response"


@pytest.mark.parametrize(
    ("line", "test"),
    [
        (3, "- {name: a, language: en, step: []}"),
        (3, "- {name: a, language: fr, steps: []}"),
        (3, "- {name: a, language: en, now: soon, steps: []}"),
        (3, "- {name: a, language: en, channel: fax, steps: []}"),
        (3, "- {name: a, language: en, outside: slow, steps: []}"),
        (3, "- {name: a, language: en, identity: {id: 1}, steps: []}"),
        (3, "- {name: a, language: en, actions: {fly: {outcome: failed}}, steps: []}"),
        (3, "- {name: a, language: en, actions: {line_state: {outcome: unknown}}, steps: []}"),
        (3, "- {name: a, language: en, actions: {line_state: {error: e, result: {}}}, steps: []}"),
        (5, "- name: a\n    language: en\n    steps: [{said: hello}]"),
        (5, "- name: a\n    language: en\n    steps: [{user: hello, bot: utter_greet}]"),
        (5, "- name: a\n    language: en\n    steps: [{bot: utter_geet}]"),
        (5, "- name: a\n    language: en\n    steps: [{bot: {containts: x}}]"),
        (5, "- name: a\n    language: en\n    steps: [{ticket: nothing}]"),
        (5, "- name: a\n    language: en\n    steps: [{slots: {lines: x}}]"),
        (5, "- name: a\n    language: en\n    steps: [{ends: well}]"),
        (5, "- name: a\n    language: en\n    steps: [{action: {name: call_back, outcome: good}}]"),
        (5, "- name: a\n    language: en\n    steps: [{approve: fly}]"),
        (5, "- name: a\n    language: en\n    steps: [{press: hello}]"),
        (5, "- name: a\n    language: en\n    steps: [{wait: {weeks: 1}}]"),
        (5, "- name: a\n    language: en\n    steps: [{wait: {days: 30}}]"),
        (5, "- name: a\n    language: en\n    steps: [{not: {user: hello}}]"),
        (5, "- name: a\n    language: en\n    steps: [{not: {ends: failed, bot: utter_greet}}]"),
    ],
)
def test_a_slip_of_the_pen_is_named_before_anything_runs(tmp_path: Path, line: int, test: str) -> None:
    pack = packs.load(write(tmp_path / "pack", slip=f"\ntests:\n  {test}\n"))
    with pytest.raises(PackMistake) as mistake:
        parse(pack.files, pack.bot, pack.actions)
    assert (mistake.value.file, mistake.value.line) == ("tests/slip.yml", line)
    assert mistake.value.mend
    assert str(mistake.value) in [str(found) for found in packs.check(pack, {"suspend", "callback"})]


def test_the_command_fails_below_the_wanted_coverage(data: Path, tmp_path: Path) -> None:
    steps = "[{user: block my SIM}, {user: L1001-1}, {bot: utter_sure}]"
    pack = str(write(tmp_path / "pack", one=ONE.format(name="Begun", steps=steps)))
    enough = command(data, "test", "--coverage", "1", pack=pack)
    assert enough.returncode == 0, enough.stdout + enough.stderr
    assert "way not taken: suspend.sure→yes" in enough.stdout
    assert "step not reached: suspend.act" in enough.stdout

    less = command(data, "test", "--coverage", "100", "--json", pack=pack)
    assert less.returncode == 1
    result = json.loads(less.stdout)
    assert (result["passed"], result["failures"], result["steps_reached"]) == (1, [], 3)


def test_the_command_fails_with_a_test(data: Path, tmp_path: Path) -> None:
    steps = "[{user: block my SIM}, {bot: utter_ask_at}]"
    done = command(data, "test", pack=str(write(tmp_path / "pack", one=ONE.format(name="Begun", steps=steps))))
    assert done.returncode == 1
    assert "tests/one.yml:6: Begun" in done.stdout
    assert "expected bot 'utter_ask_at'" in done.stdout
