"""The words by which customers take back what they said: "no, it's …", "the number is wrong", "不对，是…". Pure."""

import re
from typing import Final

import msgspec

from bot.flows.slots import Slot
from bot.reading import Heard
from core.language import half_width, normalise, to_simplified

_BEFORE: Final = (
    r"^(?:(?:哦|噢|啊|呃|额|哎呀?|等等|等一下|等下|抱歉|对不起|不好意思|都?对的?|可以|好的?|不过|但是?|就是|只是"
    r"|oh|sorry|wait|oops|ah|um|hm+|hang on|hold on|yes|ok(?:ay)?|but|well|all (?:good|correct|right|fine))[\s,，.。、…!！]*)*"
)
_WRONG_ZH: Final = (
    r"(?:不对|不是|错了|有误)(?=[\s,，.。、!！]|$|[是应这那]|的是)|(?:我|刚才|刚刚|前面|之前)*(?:说|写|填|打|选|搞|弄|给)错了?"
    r"|更正|应该是|其实|不[,，、\s]+(?=是|我)|(?:我)?(?:说|指)的是|不是[^,，。]{1,20}[\s,，。]+(?:而)?(?:应该)?是"
    r"|是[^,，。]{1,20}[\s,，。]*(?:而)?不是|(?:能不能|可不可以|能|可以|请|麻烦|帮我|给我|我|想|要|需要|得|先|再|把)*"
    r"(?:(?:改|更换|修改|更改)(?!了|过|天)(?:一?[下个]|成|为|掉)?|换(?:一?[下个]|成|为|掉))|(?:用|打|换)(?:我)?(?:另(?:外)?|别的|其他)"
    r"|别(?:再)?(?:打|用|写|填)|除了"
)
_WRONG_EN: Final = (
    r"(?:it's |it is )?not (?:the |a |my )?[^,.]{1,25}(?:[,.]? (?:but|it's|it is)|[,.] (?:the|a|my|on))\b"
    r"|(?:it's |it is )(?:the |a |my )?[^,.]{1,25}?,? not (?=the |a |my |\w+$)"
    r"|(?:no|nope)(?=[\s,.]|$)(?! (?:longer|more|need|way|idea|one)\b)|(?:it's |it is |that's |that is )?actually\b"
    r"|(?:earlier |before )?i (?:actually )?(?:mean[t]?|said)\b(?:.{1,30}\bbut (?=it (?:was|is)\b))?|correction\b|not that\b"
    r"|(?:that(?:'s| is| was) |it(?:'s| is) )?(?:not my|(?:the )?wrong)\b|that(?:'s| is| was) not right"
    r"|(?:(?:can|could|may) (?:you|i|we) (?:please )?|i(?:'d| would)? (?:like|need|want|have) to |let me |please |let's )*"
    r"(?:change|correct|update|edit|replace|make (?=it|that|the))\b"
    r"|it should (?:be|have been)\b|(?:please )?use (?=a different|another|the other|my |a new)|(?:please )?(?:don't|do not) (?:call|use|ring)\b"
    r"|scra(?:p|tch) (?:that|the|this)\b|my (?:mistake|bad|fault)\b|i(?:'ve)? (?:made a mistake|was wrong|got (?:it|that) wrong)"
    r"|i (?:gave|typed|said|made|entered|picked|chose)\b.{0,30}\b(?:wrong|mistake)|(?:all good|everything|all|fine).{0,20}\bexcept\b"
)
_STARTING: Final = re.compile(_BEFORE)
_WRONG: Final = re.compile(f"{_BEFORE}(?:{_WRONG_ZH}|{_WRONG_EN})")
_WRONG_AFTER: Final = re.compile(
    r"(?:不对|错了|有误|要改|改一下|写错|填错|说错)[\s了的吧。.!！]*$|(?<=[\w])不是(?![很太特那这]么?[^个])[^,，。不]{0,12}$"
    r"|\b(?:is|was|are|were) (?:wrong|not right|incorrect|not mine)\W*$|\b(?:is|was|are)n't (?:right|correct|mine)\W*$"
)
_WRONG_WITHIN: Final = re.compile(
    r"(?P<about>[^,，。:：;；]{1,24}?)"
    r"(?:(?:有点|好像)?(?:不对|写错了?|填错了?|说错了?|错了?(?:一[位个点])?|有误|要改|改一下)[\s,，.。:：;；]+"
    r"|(?:要)?(?:改|换)(?:成|为)|应该[是为]"
    r"| (?:(?:is|was|are) (?:wrong|not right|incorrect)|(?:is|was|are)n't right)[\s,.:;]+| should (?:be|say|read|have been)\b)"
    r"(?P<rest>.+)"
)
_HINT: Final = re.compile(
    r"[不错錯误誤改換换正应應其說说别別用除]"
    r"|\b(?:no|nope|not|actually|mean|meant|said|wrong|incorrect|mistake|correct|correction|change|update|edit|replace|make|should"
    r"|scratch|scrap|isn't|wasn't|aren't|use|don't|bad|fault|except)\b",
    re.IGNORECASE,
)
"""One of these is in every correction; most messages have none."""

_REST: Final = re.compile(
    r"^(?:[\s,，.。、;；:：!！]|一下|的?是(?!不)|而是|应该|改成|改为|换成|成|为|(?:it|that|this)(?:'s| is| was)\b|i (?:mean[t]?|want)\b|to\b"
    r"|it should be|should (?:be|say)\b|on\b|actually\b|sorry\b|instead\b|抱歉|不好意思|了|说|写)+"
)
_CALLED: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("电话", "号码", "手机号", "number", "phone"),
    "address": ("地址", "住址", "address"),
    "email": ("邮箱", "邮件", "email", "e-mail", "mail"),
    "date_time": ("时间", "日期", "time", "date"),
    "name": ("名字", "姓名", "name"),
    "ticket": ("工单", "单号", "ticket"),
    "amount": ("金额", "amount"),
    "id_card": ("身份证", "证件号", "id number"),
}
_MAX_WORDS: Final = 25


class Correction(msgspec.Struct, frozen=True):
    """What a message that takes something back says instead, in the customer's spelling; "" when it says only that
    something is wrong. `about`: the words before it, where what is wrong is named in them."""

    rest: str
    about: str = ""


def correction(heard: Heard) -> Correction | None:
    """What the message takes back; None when it takes nothing back."""
    if heard.payload or not _HINT.search(heard.text) or heard.size > _MAX_WORDS:
        return None
    text = heard.text.strip()
    said = _folded(text)
    match = _WRONG.match(said)
    if match is not None:
        return Correction(_after(text, said, match.end()))
    if _WRONG_AFTER.search(said):
        return Correction("")
    before = _STARTING.match(said)
    within = _WRONG_WITHIN.fullmatch(said, before.end() if before else 0)
    if within is None:
        return None
    return Correction(_after(text, said, within.start("rest")), within["about"])


def _folded(text: str) -> str:
    """For the patterns; every fold keeps the length, so that places hold."""
    return to_simplified(half_width(text)).translate(_SAME).lower()


_SAME: Final = {ord("’"): "'", ord("‘"): "'", ord("İ"): "i"}


def _after(text: str, said: str, start: int) -> str:
    rest = _REST.match(said[start:])
    return text[start + (rest.end() if rest else 0) :].strip(" ,，.。!！")


def names_of(slot: Slot, kinds: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What customers call the slot: its label, the last word of that, and what things of its type are called.
    `kinds`: the entities in its value, which say what a free text is about."""
    labels = [normalise(label) for label in slot.label.values()]
    heads = [_head(label) for label in labels if label]
    types = (slot.type, *sorted(kinds & _CALLED.keys()))
    return tuple(dict.fromkeys((*labels, *heads, *(word for kind in types for word in _CALLED.get(kind, ())))))


def _head(label: str) -> str:
    """联系电话 → 电话, "contact phone" → "phone"; a whole clause has none."""
    if not label.isascii():
        return "" if "的" in label else label[-2:]
    words = label.split()
    return words[-1] if len(words) <= 2 else ""


def named(names: tuple[str, ...], text: str) -> bool:
    """Whether the words have one of these names."""
    said = _folded(text)
    return any(_has(said, word) for word in names if word)


def only_name(slot: Slot, text: str) -> bool:
    """Whether the words are nothing but what the slot is called: "the phone number", "我的电话号码"."""
    said = _OWN.sub("", _folded(text).strip(" ,，.。!！"))
    return said in names_of(slot) or (slot.type == "phone" and said in _NUMBERS)


_OWN: Final = re.compile(r"^(?:the|my|your|我的|这个|那个)\s*")
_NUMBERS: Final = frozenset({"phone number", "mobile number", "number", "电话号码", "手机号码"})


def without_name(names: tuple[str, ...], rest: str) -> str:
    """What follows the name at the beginning of `rest` ("the time to Monday" → "Monday"); "" where none is."""
    said = _folded(rest)
    start = 4 if said.startswith("the ") else 0
    for word in sorted(names, key=len, reverse=True):
        end = start + len(word)
        if word and said.startswith(word, start) and (not word.isascii() or _TIED.match(said, end)):
            return _after(rest, said, end)
    return ""


_TIED: Final = re.compile(r"\s*(?:[,:;]|(?:to|is|was|should)\b)")


def _has(said: str, word: str) -> bool:
    if not word.isascii():
        return word in said
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", said) is not None
