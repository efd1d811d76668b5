"""What can be spoken: text for an ear, which sees no link, no list and no button. Pure."""

import re
from typing import Final

PHONE: Final = "phone"
"""The channel whose words are spoken."""

MAX_SPOKEN: Final = 400
"""Characters that a caller can keep in mind; a wording of a pack for the phone is no longer."""

_FENCE: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LINK: Final = re.compile(r"\[([^\]\n]{1,200})\]\([^)\s]{1,500}\)")
_ADDRESS: Final = re.compile(r"<?\b(?:https?://|www\.)[^\s<>，。；！？、（）]+>?", re.IGNORECASE)
_TABLE_RULE: Final = re.compile(r"^\s*\|?[\s:|-]*-{3}[\s:|-]*$", re.MULTILINE)
_LEADING: Final = re.compile(r"^[ \t]*(?:#{1,6}|[-*+•·▪]|>|\d{1,2}[.)、])[ \t]+", re.MULTILINE)
_EMPHASIS: Final = re.compile(r"(\*{1,3}|_{2,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1")
_CELLS: Final = re.compile(r"[ \t]*\|[ \t]*")
_PICTURES: Final = re.compile(
    "[\U0001f000-\U0001faff\U00002600-\U000027bf\U00002b00-\U00002bff\U0000fe0f\U0000200d\u2190-\u21ff\u25a0-\u25ff]"
)
_EMPTY: Final = re.compile(r"[（(\[【]\s*[)）\]】]")
_SPACES: Final = re.compile(r"[ \t]{2,}")
_ENDS: Final = "。！？!?.;；:：,，、"
_POINTS: Final = re.compile(
    r"点击|点选|点一下|按钮|下面(?:的|选|这|几)|以下(?:选项|链接)|如下|链接|网址|上图|下图|截图"
    r"|\b(?:click|tap|buttons?|below|links?|screenshots?|scroll|the following|pick one of these)\b",
    re.IGNORECASE,
)


def speakable(text: str) -> str:
    """`text` as it can be said: without markup, links, pictures and tables; lines become sentences.

    What is left of a text that was nothing but these is empty. Idempotent; a text that can be spoken stays as it is.
    """
    # Taking one mark away may bring another to light; every pass leaves fewer of them.
    said = text.strip()
    while (barer := _without_marks(said)) != said:
        said = barer
    return said


def _without_marks(text: str) -> str:
    said = _FENCE.sub(" ", text)
    said = _LINK.sub(r"\1", said)
    said = _ADDRESS.sub("", said)
    said = _TABLE_RULE.sub("", said)
    said = _PICTURES.sub("", said)
    said = _LEADING.sub("", said)
    said = _EMPHASIS.sub(r"\2", said)
    said = _CELLS.sub(", ", said)
    said = _EMPTY.sub("", said)
    lines = [_SPACES.sub(" ", line).strip(" \t,") for line in said.splitlines()]
    return _joined([line for line in lines if line])


def _joined(lines: list[str]) -> str:
    parts: list[str] = []
    for place, line in enumerate(lines):
        last = place == len(lines) - 1
        han = not line[-1].isascii()
        if not last and line[-1] not in _ENDS:
            line += "。" if han else "."
        parts.append(line if last or han or line[-1] in "。！？" else line + " ")
    return "".join(parts).strip()


def unspeakable(text: str) -> str:
    """Why a pack's wording cannot be said on the phone; "" where it can."""
    if speakable(text) != text.strip():
        return "has markup, a link, a picture or several lines"
    pointing = _POINTS.search(text)
    if pointing is not None:
        return f"points at something to see (`{pointing[0]}`)"
    if len(text) > MAX_SPOKEN:
        return f"is longer than {MAX_SPOKEN} characters"
    return ""
