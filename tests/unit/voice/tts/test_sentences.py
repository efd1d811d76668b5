"""Text in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.tts.sentences import MOST, pieces

TABLE = [
    ("", []),
    ("您好", ["您好"]),
    ("您好。请问有什么可以帮您？", ["您好。", "请问有什么可以帮您？"]),
    ("您好！我是小桥，请讲。", ["您好！", "我是小桥，请讲。"]),
    ("他说：“好的。”然后走了。", ["他说：“好的。”", "然后走了。"]),
    ("“真的吗？！”她问。", ["“真的吗？！”", "她问。"]),
    ("请稍等……马上就好。", ["请稍等……", "马上就好。"]),
    ("月费58.5元。流量20GB。", ["月费58.5元。", "流量20GB。"]),
    ("第一，重启光猫；第二，等两分钟。", ["第一，重启光猫；", "第二，等两分钟。"]),
    ("第一行\n第二行\n\n第三行", ["第一行\n", "第二行\n\n", "第三行"]),
    ("（详见说明。）请确认。", ["（详见说明。）", "请确认。"]),
    ("请访问example.com。谢谢。", ["请访问example.com。", "谢谢。"]),
    ("网速是3.5Mbps.请确认", ["网速是3.5Mbps.", "请确认"]),
    ("Hello. How are you?", ["Hello. ", "How are you?"]),
    ("Your bill is $3.50. Pay now?", ["Your bill is $3.50. ", "Pay now?"]),
    ("Dr. Li will call you. Please wait.", ["Dr. Li will call you. ", "Please wait."]),
    ("Ask for Mr. J. Smith. He knows.", ["Ask for Mr. J. Smith. ", "He knows."]),
    ("Use a cable, e.g. the grey one. Then restart.", ["Use a cable, e.g. the grey one. ", "Then restart."]),
    ("We open at 9 a.m. on Monday. Bye.", ["We open at 9 a.m. on Monday. ", "Bye."]),
    ("We open at 9 a.m. Come early.", ["We open at 9 a.m. ", "Come early."]),
    ('He said "Stop." Then he left.', ['He said "Stop." ', "Then he left."]),
    ("Wait... there is more. Good.", ["Wait... there is more. ", "Good."]),
    ("Wait... There is more.", ["Wait... ", "There is more."]),
    ("Go to www.example.com. Log in.", ["Go to www.example.com. ", "Log in."]),
    ("Version 2.0.1 is out! Really?! Yes.", ["Version 2.0.1 is out! ", "Really?! ", "Yes."]),
    ("Line one\nLine two", ["Line one\n", "Line two"]),
    ("It is I. You know me.", ["It is I. ", "You know me."]),
    ("No. 5 is broken. Take No. 6.", ["No. 5 is broken. ", "Take No. 6."]),
    ("The answer is no. Sorry.", ["The answer is no. ", "Sorry."]),
    ("Cats, dogs, etc. are welcome. Come in.", ["Cats, dogs, etc. are welcome. ", "Come in."]),
    ("Open http://a.example/?x=1;y=2 now. Thanks!", ["Open http://a.example/?x=1;y=2 now. ", "Thanks!"]),
    ("您的单号是 T-12. Please keep it. 谢谢！", ["您的单号是 T-12. ", "Please keep it. ", "谢谢！"]),
    ("步骤：\n1. 断电。\n2. 通电。", ["步骤：\n", "1. 断电。\n", "2. 通电。"]),
    ("1. Unplug it. Wait.\n2. Plug it in.", ["1. Unplug it. ", "Wait.\n", "2. Plug it in."]),
    ("It costs 20. Is that fine?", ["It costs 20. ", "Is that fine?"]),
    ("好。😀", ["好。😀"]),
    ("。。。", ["。。。"]),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_a_text_is_cut_where_one_breathes(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_a_long_sentence_is_cut_at_commas_then_blanks_then_anywhere() -> None:
    assert pieces("一二三四，五六七八九。", 8) == ["一二三四，", "五六七八九。"]
    assert pieces("one two three four", 9) == ["one two ", "three ", "four"]
    assert pieces("一二三四五六七八", 3) == ["一二三", "四五六", "七八"]


SIGNS = st.text(alphabet=st.sampled_from("ab 1.。！？!?…;；,，\n\"“”'()（）Mr 中文好") | st.characters())


@given(SIGNS | st.text(), st.integers(1, 2 * MOST))
def test_joined_the_pieces_are_the_text(text: str, most: int) -> None:
    found = pieces(text, most)
    assert "".join(found) == text
    assert all(0 < len(piece) <= most for piece in found)
