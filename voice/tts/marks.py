"""What the eye needs and the ear does not: Markdown, tags, emoji, lines. Pure."""

import html
import re
import unicodedata
from typing import Final

FULL_WIDTH: Final = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))} | {
    ord("％"): "%", ord("＄"): "$", ord("￥"): "¥", ord("．"): ".", ord("＋"): "+", ord("－"): "-", ord("／"): "/", ord("＠"): "@",
    ord("\u2028"): "\n", ord("\u2029"): "\n", ord("\t"): " ", ord("\r"): "\n", ord("\xa0"): " ", ord("\u3000"): " ",
}  # fmt: skip
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_PICTURES: Final = re.compile("[\U0001f000-\U0001fbff☀-➿⬀-⯿←-⇿■-◿\ufe00-\ufe0f\u20e3]")
_BLANKS: Final = re.compile(r" {2,}")
_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,1000}\)")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>|<!--.*?-->", re.DOTALL)
_AUTOLINK: Final = re.compile(r"<((?:https?://|mailto:)?[^\s<>]+)>")
_RULE: Final = re.compile(r"^[ ]*(?:\|?[ :|-]*-{3}[ :|-]*|[*_=]{3,}[ *_=]*|```\w*|~~~\w*)[ ]*$", re.MULTILINE)
_LEADING: Final = re.compile(r"^[ ]*(?:(?:#{1,6}|[-*+•·▪>])(?:[ ]+|$)|\[[ xX]\][ ]+|>)+", re.MULTILINE)
_EMPHASIS: Final = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^\n]+?)(?<=\S)\1(?!\w)")
_STARS: Final = re.compile(r"(?<![0-9])(\*{1,3}|~~|`{1,2})(?=\S)([^\n]{1,300}?)(?<=\S)\1")
_LEFT: Final = re.compile(r"[*`~<>\[\]\\]|(?<!\w)#(?!\d)|#(?=[^\d]|$)")
_CELLS: Final = re.compile(r"[ ]*\|[ |]*")
_ENDS: Final = "。！？!?.;；:：,，、…"


def visible(text: str) -> str:
    """Entities as their signs, full-width letters and digits as narrow ones, nothing invisible, no pictures."""
    known = html.unescape(text).translate(FULL_WIDTH)
    seen = "".join(sign for sign in known if sign == "\n" or unicodedata.category(sign) not in _UNSEEN)
    return _BLANKS.sub(" ", _PICTURES.sub("", seen))


def unlinked(text: str) -> str:
    """Links as their words, tags as nothing."""
    return _TAG.sub("", _AUTOLINK.sub(_address, _LINK.sub(r"\1", text)))


def _address(found: re.Match[str]) -> str:
    """An address in angles as the address; a tag stays for the next step."""
    inner = found[1]
    return inner.removeprefix("mailto:") if "://" in inner or "@" in inner else found[0]


def bare(text: str, comma: str, stop: str) -> str:
    """One line without Markdown. `comma` goes between the cells of a table, `stop` between lines that have no end."""
    said = _LEADING.sub("", _RULE.sub("", text))
    said = _STARS.sub(r"\2", _EMPHASIS.sub(r"\2", said))
    lines = []
    for line in said.split("\n"):
        cells = _CELLS.sub(comma, line.strip().strip("|")) if "|" in line else line
        if kept := cells.strip():
            lines.append(kept)
    return _joined(lines, stop)


def scrubbed(text: str) -> str:
    """Without the last signs that are Markdown's or nobody's."""
    return _LEFT.sub("", text).replace("#", "").replace("|", " ").replace("_", " ")


def _joined(lines: list[str], stop: str) -> str:
    said = ""
    for line in lines:
        if said:
            said += "" if said[-1] in _ENDS else stop
            said += " " if said[-1].isascii() else ""
        said += line
    return said
