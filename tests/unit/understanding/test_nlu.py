import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.nlu import NluMistake, load, split_annotations
from core.errors import PackMistake

FILE = """version: "3.1"
nlu:
  - intent: report_fault
    examples: |
      - my [internet]{"entity": "service", "value": "broadband"} is down
      - [telly](service:tv) has no picture

      - call [13812345678](phone)
  - intent: greet
    examples:
      - hello
      - text: |
          - good morning
        metadata: {sentiment: neutral}
  - synonym: broadband
    examples: |
      - fibre
  - lookup: service
    examples: |
      - landline
  - regex: contract
    examples: |
      - HT[0-9]{6}
"""


def test_every_section_and_both_forms_of_examples_are_read() -> None:
    data = load({"en_x.yml": FILE})
    assert [(e.text, e.intent, e.line) for e in data.examples] == [
        ("my internet is down", "report_fault", 5),
        ("telly has no picture", "report_fault", 6),
        ("call 13812345678", "report_fault", 8),
        ("hello", "greet", 11),
        ("good morning", "greet", 12),
    ]
    internet, telly = data.examples[0].annotations[0], data.examples[1].annotations[0]
    assert (internet.start, internet.end, internet.entity, internet.value) == (3, 11, "service", "broadband")
    assert (telly.start, telly.end, telly.entity, telly.value) == (0, 5, "service", "tv")
    assert data.synonyms == {"fibre": "broadband"}
    assert data.lookups == {"service": ("landline",)}
    assert data.regexes == {"contract": ("HT[0-9]{6}",)}


def test_roles_groups_and_several_entities_of_one_text() -> None:
    text, found = split_annotations(
        'from [Leeds]{"entity": "city", "role": "departure", "group": "1"} '
        'or [2][{"entity": "a"}, {"entity": "b"}]',
        "f.yml",
        1,
    )
    assert text == "from Leeds or 2"
    assert [(a.entity, a.role, a.group, text[a.start : a.end]) for a in found] == [
        ("city", "departure", "1", "Leeds"),
        ("a", "", "", "2"),
        ("b", "", "", "2"),
    ]


def test_the_language_is_by_characters_and_else_by_the_file() -> None:
    document = "nlu:\n- intent: affirm\n  examples: |\n    - ok\n    - {0}\n"
    zh = load({"nlu/zh_talk.yml": document.format("是的")})
    en = load({"nlu/en_talk.yml": document.format("yes")})
    assert [e.language for e in zh.examples] == ["zh", "zh"]
    assert [e.language for e in en.examples] == ["en", "en"]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("nlu: [", 1, "not YAML"),
        ("nlu:\n- intent: a\n  examples: |\n    - x\n   - y", 5, "not YAML"),
        ("nlu:\n- intent: a\n  examples: \x01", 3, "does not allow"),
        ("just words", 1, "not a mapping"),
        ("nlu: words", 1, "not a list"),
        ("nlu:\n- words", 2, "not a mapping"),
        ("nlu:\n- story: a\n  examples: |\n    - x", 2, "no kind"),
        ("nlu:\n- intent:\n  examples: |\n    - x", 2, "no name"),
        ("nlu:\n- intent: a", 2, "no examples"),
        ("nlu:\n- intent: a\n  examples: |\n", 3, "no examples"),
        ("nlu:\n- intent: a\n  examples: |\n    - x\n    y z", 5, "not an example"),
        ("nlu:\n- intent: a\n  examples: |\n    - x\n    -", 5, "not an example"),
        ("nlu:\n- intent: a\n  examples: {x: y}", 3, "a mapping"),
        ("nlu:\n- intent: a\n  examples:\n  - metadata: 1", 4, "without text"),
        ('nlu:\n- intent: a\n  examples: |\n    - [x]{"entity": b}', 4, "not JSON"),
        ('nlu:\n- intent: a\n  examples: |\n    - [x]{"value": "b"}', 4, "names no entity"),
        ("nlu:\n- regex: a\n  examples: |\n    - (", 4, "broken"),
        (
            "nlu:\n- intent: a\n  examples: |\n    - Hi there\n- intent: b\n  examples: |\n    - hi  THERE",
            7,
            "f.yml:4",
        ),
    ],
)
def test_a_mistake_names_file_line_and_mend(content: str, line: int, words: str) -> None:
    with pytest.raises(NluMistake) as caught:
        load({"f.yml": content})
    mistake = caught.value
    assert isinstance(mistake, PackMistake)
    assert (mistake.file, mistake.line) == ("f.yml", line)
    assert words in mistake.what
    assert mistake.mend


def test_a_sentence_twice_in_one_intent_counts_once() -> None:
    assert len(load({"f.yml": "nlu:\n- intent: a\n  examples: |\n    - Hi\n    - hi "}).examples) == 1


PLAIN = st.text(
    st.characters(codec="utf-8", exclude_characters="[](){}", exclude_categories=["Cs", "Cc"]), max_size=12
)
NAMED = PLAIN.filter(lambda text: bool(text.strip()))


@given(st.lists(st.tuples(PLAIN, NAMED), max_size=4), PLAIN)
def test_annotations_point_at_their_text(parts: list[tuple[str, str]], tail: str) -> None:
    marked = "".join(f"{before}[{text}](thing)" for before, text in parts) + tail
    plain, found = split_annotations(marked, "f.yml", 1)
    assert plain == "".join(before + text for before, text in parts) + tail
    assert [plain[a.start : a.end] for a in found] == [text for _, text in parts]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_its_place(content: str) -> None:
    for document in (content, "nlu:\n- intent: a\n  examples: |\n    - " + content):
        try:
            load({"f.yml": document})
        except NluMistake as mistake:
            assert mistake.line >= 1 and mistake.mend  # noqa: PT017 (refusing is one of two right answers)
