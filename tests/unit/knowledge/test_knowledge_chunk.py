"""Markdown to sections and to plain text."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunk import chunk
from knowledge.markdown import Reader


def test_a_section_for_each_heading_with_its_path() -> None:
    text = "Before.\n\n# Bills\n\n## Paying\n\nBy card.\n\n### Abroad\n\nBy transfer.\n\n## Late\n\nA fee."
    assert [(section.path, section.text) for section in chunk(text, "Help", "en")] == [
        ((), "Before."),
        (("Bills", "Paying"), "By card."),
        (("Bills", "Paying", "Abroad"), "By transfer."),
        (("Bills", "Late"), "A fee."),
    ]


def test_the_title_again_as_heading_is_no_part_of_the_path() -> None:
    assert chunk("# Bills\n\nText.", "Bills", "en")[0].path == ()


def test_a_table_and_a_list_stay_whole_with_what_leads_in_to_them() -> None:
    table = "| Name | Price |\n| --- | --- |\n" + "\n".join(f"| plan {n} | {n} yuan |" for n in range(100))
    items = "\n".join(f"- item {number}" for number in range(200))
    text = f"## Prices\n\n{'Long. ' * 400}\n\nThese are the plans:\n\n{table}\n\nAnd so on.\n\n{items}"
    sections = [section.text for section in chunk(text, "Help", "en")]
    assert any(f"These are the plans:\n\n{table}" in section for section in sections)
    assert any(items in section for section in sections)


def test_a_long_section_is_split_under_the_same_path() -> None:
    paragraphs = [f"段落{number}。" + "宽带资费说明文字。" * 30 for number in range(6)]
    sections = chunk("## 资费\n\n" + "\n\n".join(paragraphs), "x", "zh")
    assert len(sections) > 2
    assert {section.path for section in sections} == {("资费",)}
    assert all(len(section.text) <= 710 for section in sections)
    assert "\n\n".join(section.text for section in sections) == "\n\n".join(paragraphs)


def test_a_paragraph_longer_than_a_passage_is_split_between_sentences() -> None:
    sections = chunk("One sentence here. " * 300, "x", "en")
    assert len(sections) > 1
    assert all(section.text.endswith(".") and len(section.text) <= 1_810 for section in sections)


def test_plain_text_loses_links_emphasis_and_code_marks() -> None:
    (block,) = Reader().blocks("See **the** [list](https://example.org/x), `KT` and ![a map](m.png).")
    assert block.lines == ("See the list, KT and a map.",)


def test_lists_become_lines_and_tables_cells() -> None:
    ordered, bullets, table = Reader().blocks(
        "3. one\n4. two\n\n- a\n  - b\n\n| A | B |\n| --- | --- |\n| 1 | *2* |"
    )
    assert ordered.lines == ("3. one", "4. two")
    assert bullets.lines == ("• a", "• b")
    assert (table.header, table.rows) == (("A", "B"), (("1", "2"),))


@given(st.text(alphabet="ab 。.#-|*\n`>1宽", max_size=300))
def test_any_text_can_be_cut_and_nothing_of_it_is_invented(text: str) -> None:
    for section in chunk(text, "title", "zh"):
        assert section.text.strip()
        for line in section.text.splitlines():
            assert line.strip() in text


def test_other_wordings_are_taken_out_of_the_text_and_kept() -> None:
    text = (
        "## 资费\n<!-- asked: 多少钱？｜一个月 几块|  -->\n\n每月 29 元。\n\n"
        "## Bills\n<!-- a note -->\n\nBy card.\n\n## Late\n<!--asked:\nWhat if I\npay late? -->\nA fee."
    )
    assert [(section.text, section.asked) for section in chunk(text, "Help", "zh")] == [
        ("每月 29 元。", ("多少钱？", "一个月 几块")),
        ("By card.", ()),
        ("A fee.", ("What if I pay late?",)),
    ]


def test_every_part_of_a_long_section_is_asked_for_alike() -> None:
    body = "\n\n".join("宽带资费说明文字。" * 30 for _ in range(6))
    sections = chunk(f"## 资费\n<!-- asked: 宽带贵吗 -->\n\n{body}", "x", "zh")
    assert len(sections) > 2
    assert {section.asked for section in sections} == {("宽带贵吗",)}


def test_wordings_without_text_are_no_section() -> None:
    assert chunk("## Empty\n<!-- asked: Is there anything? -->\n", "x", "en") == []
