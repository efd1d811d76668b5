"""Packs: what is read, and which mistakes are named with file, line and mend."""

from pathlib import Path

import pytest
import yaml

from bot.pack import parse
from bot.validate import check
from core.errors import PackMistake
from tests.unit.bot.world import FILES

TYPES = {"fault": ["service", "description", "phone"]}
INTENTS = {"report_fault", "ticket_status", "ask_bill", "greet"}


def mistakes(files: dict[str, str]) -> list[PackMistake]:
    return check(
        parse(files),
        ticket_types=TYPES,
        actions={"ticket_status"},
        skills={"general", "faults"},
        intents=INTENTS,
    )


def changed(path: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[path]
    return {**FILES, path: FILES[path].replace(old, new)}


def test_a_sound_pack_has_no_mistakes() -> None:
    assert mistakes(FILES) == []


def test_the_demonstration_pack_has_no_mistakes() -> None:
    root = Path(__file__).parents[3] / "packs" / "telecom"
    files = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.yml")}
    types = yaml.safe_load(files["tickets.yml"])["types"]
    nlu = [yaml.safe_load(text)["nlu"] for path, text in files.items() if path.startswith("nlu/")]
    found = check(
        parse(files),
        ticket_types={name: kind["fields"] for name, kind in types.items()},
        actions=yaml.safe_load(files["actions.yml"])["actions"],
        skills=yaml.safe_load(files["routing.yml"])["skills"],
        intents={entry["intent"] for entries in nlu for entry in entries if "intent" in entry},
    )
    assert found == []


def test_the_hash_follows_the_files_that_are_used() -> None:
    first = parse(FILES)
    assert first.hash == parse({**FILES, "nlu/zh.yml": "x", "README.md": "y"}).hash
    assert first.hash != parse(changed("pack.yml", "name: {zh: 小店", "name: {zh: 大店")).hash
    assert len(first.hash) == 16


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("flows/all.yml", "next: done}\n      - {id: phone", "next: gone}\n      - {id: phone", "`gone`, which is no step"),
        ("flows/all.yml", "then: glad", "then: phone", "step `glad` is never reached"),
        ("flows/all.yml", "respond: utter_glad", "respond: utter_gladd", "`utter_gladd`, which is no response"),
        ("flows/all.yml", "collect: solved", "collect: sollved", "`sollved`, which is no slot"),
        ("flows/all.yml", 'if: "solved"', 'if: "solvd"', "reads `solvd`, which is no slot"),
        ("flows/all.yml", "action: ticket_status", "action: tickets", "`tickets`, which is no action"),
        ("flows/all.yml", "action: ticket_status", "action: ticket_status, ticket: tocket", "names `tocket`, which is no slot"),
        ("flows/all.yml", "action: ticket_status", "action: ticket_status, ticket: phone", "which is no slot for a ticket"),
        ("flows/all.yml", "handoff: faults", "handoff: magic", "skill `magic`"),
        ("flows/all.yml", "ticket: fault", "ticket: fawlt", "`fawlt`, which is no ticket type"),
        ("flows/all.yml", "description: problem", "story: problem", "has no field `story`"),
        ("flows/all.yml", "{id: again, clear: [number], next: number}", "{id: again, clear: [number], next: judge}",
         "circle without a question"),
        ("flows/all.yml", "persistent_slots: [ticket]", "persistent_slots: [tocket]", "`tocket`, which is no slot"),
        ("flows/all.yml", "intent: ask_bill", "intent: ask_money", "intent `ask_money`, which has no examples"),
        ("responses/all.yml", '{zh: "再见。", en: "Goodbye."}', '{zh: "再见。"}', "no wording in en"),
        ("responses/all.yml", "{ticket}：", "{tocket}：", "{tocket}, which no slot fills"),
        ("responses/all.yml", "utter_waiting:", "utter_wait:", "response `utter_waiting` is missing"),
        ("responses/all.yml", "utter_ask_phone:", "utter_ask_fone:", "`utter_ask_phone` is missing"),
        ("responses/all.yml", "/ask_person", "/ask_persons", "/ask_persons starts nothing"),
        ("pack.yml", "greet: utter_greet_back", "greet: utter_hello", "response `utter_hello` is missing"),
        ("routing.yml", "default_skill: general", "default_skill: general\nnobody_there: gone", "`nobody_there: gone`"),
        ("slots.yml", "slots:\n", "slots:\n  hours_open: {type: text}\n", "a name of the machine's own"),
    ],
)  # fmt: skip
def test_mistakes_of_meaning(path: str, old: str, new: str, said: str) -> None:
    found = mistakes(changed(path, old, new))
    hit = [mistake for mistake in found if said in mistake.what]
    assert hit, [str(mistake) for mistake in found]
    assert all(mistake.mend and mistake.line >= 1 for mistake in found)
    if "is missing" not in said or path == "pack.yml":
        place = FILES[path].replace(old, new).splitlines()
        assert hit[0].file == path and 1 <= hit[0].line <= len(place)


def test_a_flow_that_never_ends() -> None:
    flow = "flows:\n  a:\n    steps:\n      - {id: x, confirm: utter_confirm, yes: x, no: x}\n"
    found = mistakes({**FILES, "flows/more.yml": flow})
    assert [(m.file, m.line, m.what) for m in found] == [("flows/more.yml", 3, "flow `a` never ends")]


@pytest.mark.parametrize(
    ("path", "old", "new", "line"),
    [
        ("flows/all.yml", "- {id: problem, collect", "- {id: service, collect", 8),
        ("flows/all.yml", "{id: done, end: completed}", "{id: done, finish: completed}", 19),
        ("flows/all.yml", "end: completed", "end: happily", 19),
        ("flows/all.yml", "\"service == 'broadband'\"", '"service.title()"', 9),
        ("flows/all.yml", "collect: problem}", "collect: problem, limt: 2}", 8),
        ("slots.yml", "type: yes_no", "type: maybe", 11),
        ("pack.yml", "languages: [zh, en]", "languages: [zh, fr]", 4),
        ("pack.yml", "default_language: zh", "default_language: de", 5),
        ("responses/all.yml", "responses:\n", "responses:\n  utter_goodbye: []\n", 4),
    ],
)
def test_mistakes_of_shape_stop_at_their_line(path: str, old: str, new: str, line: int) -> None:
    with pytest.raises(PackMistake) as caught:
        parse(changed(path, old, new))
    assert (caught.value.file, caught.value.line) == (path, line)


def test_the_same_name_in_two_files() -> None:
    with pytest.raises(PackMistake) as caught:
        parse({**FILES, "responses/more.yml": "responses:\n  utter_goodbye: [{text: Bye}]\n"})
    assert caught.value.file == "responses/more.yml" and "responses/all.yml" in caught.value.what


def test_a_pack_without_its_settings() -> None:
    with pytest.raises(PackMistake):
        parse({})
