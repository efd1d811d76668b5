"""Yes or no, in both languages, as an answer to a closed question. Pure."""

import re
from typing import Final

from core.language import normalise, to_simplified

_TRIM: Final = " \t\r\n.,;:!?。，；：！？、~～…\"'“”‘’"

_YES_ZH: Final = (
    r"(?:是|对|嗯|恩|好|行|可以|没错|没问题|确认|确定|正确|同意|要|需要|愿意|提交|有|当然|必须|得|成|中|妥)"
)
_YES: Final = re.compile(
    rf"^(?:{_YES_ZH}(?:的|了|啊|呀|吧|呢|哦|嘞|滴|哒|么)*[，, ]*)+"
    r"(?:(?:就)?(?:这样|提交|报修|转|来|办|试)(?:吧|了|的|一次|一下|人工)*)?"
    r"(?:(?:非常|多)?(?:谢谢|感谢|谢)(?:您|你|啦|了|哈)*)?$"
    r"|^(?:就这样(?:吧)?|没(?:有)?(?:什么)?问题(?:了)?|都(?:是)?对(?:的)?)$"
    r"|^(?:y|ye[sp]s?|yeah|yea|yup|sure|ok|okay|k|right|correct|true|fine|affirmative|absolutely|definitely|certainly"
    r"|go ahead|do it|please do|of course|send it|confirm(?:ed)?|all good|looks? good|sounds good|exactly|indeed)"
    r"(?:[ ,.]+(?:please|thanks|thank you|it is|it does|it's (?:right|correct|fine)|that's (?:right|correct|fine|it)"
    r"|i do|i would|go ahead|do it|send it|submit(?: it)?|all (?:good|correct)|correct|right|sure|of course))*$"
    r"|^(?:that(?:'s| is)|it(?:'s| is)|all|everything(?:'s| is)?) (?:all )?(?:right|correct|good|fine|ok|okay)$"
    r"|^👍.*$|^👌.*$|^✅$"
)
_NO: Final = re.compile(
    r"^(?:不|否|没|没有|别|未|不是|不对|不行|不要|不用|不需要|不可以|不能|不好|不必|不正确|不确定|不同意|错|错了|有误|算了|有问题)"
    r"(?:的|了|啊|呀|吧|呢|哦|谢谢|，|,| )*(?:谢谢(?:您|你)?)?$"
    r"|^(?:不[对是行用要]|没有?)[，, ].{0,40}$|^要(?:修改|改)(?:一下)?$|^(?:我)?(?:想|要)?改一下$"
    r"|^(?:n|no|nope|nah|not really|negative|never|wrong|incorrect|false|no way|not correct|not right|not ok(?:ay)?"
    r"|nothing (?:else|more)|don't|do not|no need|not now|not yet)(?:[ ,.].{0,60})?$"
    r"|^(?:that(?:'s| is)|it(?:'s| is)) (?:not (?:right|correct|ok)|wrong|incorrect).{0,40}$"
    r"|^👎.*$|^❌$"
)
# Answers to "is it working again", where yes and no are said through the thing itself.
_WORKS_NOT: Final = re.compile(
    r"(?:还是|还|依然|仍然|仍|试了|照样|一样)?(?:没好|没有好|没恢复|没有恢复|没用|没有用|没变化|没反应|不行|不好|不能|不可以|上不了|上不去|连不上|用不了"
    r"|不管用|没解决|未恢复|老样子)|还没|又(?:断|坏|掉|没|不|红|卡|慢)|时好时坏|时断时续|断断续续|反反复复|(?:还是|仍然)(?:断|坏|红|慢|卡|这样|那样)"
    r"|\b(?:not working|isn't working|doesn't work|does not work|didn't (?:work|help)|did not (?:work|help)"
    r"|still (?:not|no|down|broken|dead|the same|out|offline|slow|red)|not (?:ok|okay|fine|good)|no (?:change|luck|difference|connection|internet)"
    r"|(?:no|of no|any) use|same (?:problem|thing|as before)|on and off|comes and goes|(?:drop|dropp|go|went|gone|die|cut)\w* (?:out |off |down )?again"
    r"|nothing changed|can't (?:connect|try|do)|cannot (?:connect|try|do))\b"
)
_WORKS: Final = re.compile(
    r"^(?:(?:现在|已经|都|网络|网|又|终于|真的|嗯|是的|好像)*"
    r"(?:好了|恢复了?|恢复正常了?|正常了?|可以了|可以用了|能用了|能上网?了|上得了网?了?|修好了|连上了|通了|行了|解决了|没问题了|好使了)"
    r"(?:谢谢|感谢|多谢|啦|啊|呀|了|您|你|，|,| )*)+$"
    r"|\b(?:works|working|fixed|solved|back (?:on|up|online|now)?|it's back|is back|resolved|online|(?:all )?(?:ok|okay|fine|good|normal) (?:now|again))\b"
)

_TRIED: Final = re.compile(r"在试|试试|试一下|试过了?$|\b(?:trying|let me try|tried (?:that|it|this|already|twice)|already tried|will try)\b")
"""Says what was or is being done, and not what came of it."""
_ASKED: Final = re.compile(r"[?？]\s*$")


def yes_or_no(text: str, intent: str | None = None) -> bool | None:
    """True, False, or None when it says neither. `intent` (affirm, deny) decides where the words do not."""
    said = _folded(text)
    if not said:
        return None
    if said in _WORDS:
        return _WORDS[said]
    if _NO.match(said):
        return False
    if _YES.match(said):
        return None if _ASKED.search(text[:200]) else True
    if _WORKS_NOT.search(said):
        return False
    if _WORKS.search(said):
        return True
    if _TRIED.search(said):
        return None
    return {"affirm": True, "deny": False}.get(intent or "")


def plainly(text: str) -> bool | None:
    """True or False where the words are yes or no whatever was asked, else None: "no one came" is neither."""
    said = _folded(text)
    answer = _NO.match(said) or _YES.match(said)
    return None if answer is None or _NO_THING.match(said) else yes_or_no(text)


def begins_with_yes(text: str) -> bool:
    """Whether a plain yes comes first, and after it the thing itself: "对，挂失", "yes, block it"."""
    first, rest = _first_words(_folded(text))
    return bool(rest) and _YES.match(first) is not None


def _first_words(said: str) -> tuple[str, str]:
    """Up to the first pause, and what follows it; of English also the first word alone."""
    for place in (_PAUSE.search(said), re.search(r"(?<=[a-z]) ", said)):
        if place is not None:
            return said[: place.start()], said[place.end() :].strip()
    return said, ""


_PAUSE: Final = re.compile(r"[,，。.;；!！~～]\s*|(?<=[\u4e00-\u9fff]) ")

_NO_THING: Final = re.compile(
    r"no (?!thank|it\b|it's|that|this|i\b|i'm|we\b|need|way|sorry|nothing|not|never|please|don't|there|my\b|the\b)[a-z]"
)


def _folded(text: str) -> str:
    return to_simplified(normalise(text[:200])).strip(_TRIM).replace("’", "'")


_WORDS: Final = {"true": True, "false": False, "1": True, "2": False, "y": True, "n": False}
