"""Sums of money in Chinese, as decimal text in yuan. Pure; each pattern is linear in the text."""

import re
from typing import Final

from bot.understanding.entities.numerals import HAN_NUMERALS, decimal_text, han_number, mixed_number
from bot.understanding.entities.span import entity
from bot.understanding.model import Entity

_SUM: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.[0-9]{1,4})?"
_MIXED: Final = r"[0-9]{1,4}(?:\.[0-9]{1,4})?[万千百](?:零?[0-9]{1,4}[千百]?){0,2}"
_HAN: Final = f"[{HAN_NUMERALS}]{{1,16}}"
_DIGIT: Final = f"[0-9{HAN_NUMERALS}]"
_POINT: Final = f"[{HAN_NUMERALS}]{{1,8}}点[{HAN_NUMERALS}]{{1,4}}"
_NUMBER: Final = rf"(?:{_POINT}|{_MIXED}|{_SUM}k?|{_HAN})"
_APART: Final = rf"(?:(?<![0-9][.,])|(?![0-9]))(?<![0-9a-z{HAN_NUMERALS}第几数好上成])"
"""A number begins here: 十块 in 几十块 is no ten yuan."""
_ABOUT: Final = r"(?:多|来|余|把)?"
_YUAN: Final = r"(?:人民币|元(?![旦月宵素首件老帅气]|二次)|块|圆(?![形圈珠])|¥|rmb|cny)"
_NO_FRACTION: Final = rf"(?:(?=一(?:次|条|个月|年|天|分钟|兆|g|m))|(?![0-9{HAN_NUMERALS}.个天次条年月周小块半分钟号兆gm%]))"
"""The figure before is no part of the next word: 三块5个."""
_WORDED: Final = re.compile(
    rf"{_APART}(?P<sum>{_NUMBER}) ?{_ABOUT} ?(?:"
    rf"{_YUAN}(?:零?(?P<tenths>{_DIGIT})(?:(?P<mao>毛|角)(?:(?P<cents>{_DIGIT})分?{_NO_FRACTION})?|{_NO_FRACTION})"
    rf"|零(?P<cents2>{_DIGIT})分|(?P<half>半)(?![小天个年]))?[整正]?钱?"
    rf"|(?P<mao2>毛|角)(?:(?P<hundredths>{_DIGIT})分?{_NO_FRACTION})?钱?|(?P<fen>分)钱)"
)
_RANGE: Final = re.compile(rf"{_APART}(?P<from>{_SUM}|{_HAN})(?={_YUAN}? ?(?:到|至|-|~|～) ?{_NUMBER} ?{_ABOUT} ?{_YUAN})")
_SIGNED: Final = re.compile(rf"(?:人民币|[¥￥]) ?(?P<sum>{_MIXED}|{_HAN})(?! ?(?:{_YUAN}|毛|角))")
_THINGS: Final = re.compile(
    r"儿|[去来办弄装修交送给打用算走]|(?=[a-z])|屏|电池|电路|硬盘|主板|面板|地方?|区域|牌|板|表|手表|卡|肉|糖|布|玻璃|砖|石|蛋糕|儿|显"
)
"""After 块: it counts things, or means "together"."""
_VAGUE: Final = ("百八", "百十")
"""百八十块 is about a hundred."""
_SHAPES: Final = frozenset("一三四六八")

_VERB: Final = (
    r"(?:[扣收花交充退欠费付赔金款缴罚减送返存补涨省差租价满还销]|变成|涨到|涨成|余额|只剩|还剩|便宜|优惠|贵|消费|钱|人民币|账单|月租|合计|总计|共计|金额|多出来?|少了)"
    r"(?:[了我你您他是成到给掉走个额约近快才只也就要将整这那的每月:： ]|差不多|总共|一共|大概|大约|至少|最多|起码|将近|不到|超过|为|以){0,4}"
)
_WANT: Final = r"[要到值转刷打报共](?:了|我|是|差不多|总共|一共|大概|将近|至少){0,3}"
_END: Final = r"(?=$|[\s,.?!;:，。？！；：、)）]|[吗呢吧啊了呀啦哦嘛]|左右|上下|以上|以下|[的送减返到就还也都才没太贵对]|什么|怎么|为什么|能不能|可以|一个月|每月|/月)"
_LARGE_HAN: Final = rf"(?P<sum>{_HAN})(?P<about>[多来余])?"
_BARE_WORDS: Final = re.compile(rf"(?:{_VERB}|{_WANT}){_LARGE_HAN}{_END}")
_BARE_FIGURE: Final = re.compile(
    rf"(?:[扣收花充退欠付赔缴罚返送减满存补省差租价](?!到)|充值|余额|只剩|还剩|变成|涨到|涨成|便宜|优惠|消费|押金|违约金|人民币|账单|月租|合计|总计|共计|金额|[话扣缴月年资套餐手续装修延误初]费)"
    rf"(?:[了我你您他是成给掉走个才只也就要将约近整额有剩]|差不多|总共|一共|大概|大约|至少|最多|将近|超过|为|显示|变成){{0,4}}[ :：]{{0,2}}"
    rf"(?P<sum>{_MIXED}|{_SUM})(?P<about>[多来余])?(?![0-9.,]*[0-9]){_END}"
)
_PER: Final = r"(?:每个?月|一个月|每年|一年|每次|一次|每条|一条|每分钟|一分钟|每天|一天)"
_HUNDREDS: Final = f"[{HAN_NUMERALS}]{{0,6}}[百千万佰仟][{HAN_NUMERALS}]{{0,8}}"
_RATE: Final = re.compile(
    rf"{_PER}(?:才|只要|只|要|是|收|就|得|需要|大概){{0,2}} ?(?P<sum>{_SUM})(?![0-9.,]*[0-9])(?=$|[\s,?!;，。？！；]|[吗呢吧啊的呀]|贵|便宜)"
    rf"|{_APART}(?P<sum2>{_SUM}) ?(?:一个月|每月|/ ?月|包月)"
    rf"|{_PER}(?P<sum3>{_HUNDREDS}){_END}|{_APART}(?P<sum4>{_HUNDREDS})(?=一个月|每月|一年|包年)"
)


def chinese_amounts(low: str) -> list[Entity]:
    """Sums in a Chinese sentence, folded and in lower case."""
    found = [item for match in _WORDED.finditer(low) if (item := _worded(match, low)) is not None]
    for pattern in (_RANGE, _SIGNED):
        for match in pattern.finditer(low):
            group = "from" if pattern is _RANGE else "sum"
            start = match.start(group) if pattern is _RANGE else match.start()
            found += _sum(match[group], low, start, match.end(group))
    for match in _BARE_WORDS.finditer(low):
        said = match["sum"]
        plain_verb = low[match.start()] not in "要到值转刷打报共"
        if any(unit in said for unit in "百千万佰仟") or (plain_verb and len(said) > 1 and "十" in said):
            found += _sum(said, low, match.start("sum"), match.end())
    for match in _BARE_FIGURE.finditer(low):
        found += _sum(match["sum"], low, match.start("sum"), match.end())
    for match in _RATE.finditer(low):
        group = next(name for name in ("sum", "sum2", "sum3", "sum4") if match[name])
        found += _sum(match[group], low, match.start(group), match.end(group))
    return found


def _worded(match: re.Match[str], low: str) -> Entity | None:
    said, end = match["sum"], match.end()
    fraction = match["tenths"] or match["half"] or match["cents2"]
    if low[end - 1] == "块" and not fraction and _THINGS.match(low, end) and (said == "一" or low[end] not in "去来办弄装修交送给打用算走"):
        return None
    if match["mao2"] == "角" and said in _SHAPES and not match["hundredths"] and low[end - 1] != "钱":
        return None
    value = mixed_number(said.replace(",", ""))
    if value is None or said.startswith(_VAGUE):
        return None
    if match["mao2"]:
        value = value * 0.1 + _part(match["hundredths"], 0.01)
    elif match["fen"]:
        value *= 0.01
    else:
        value += _part(match["tenths"], 0.1) + _part(match["cents"] or match["cents2"], 0.01) + (0.5 if match["half"] else 0.0)
    return entity("amount", decimal_text(value), low, match.start(), end)


def _part(said: str | None, worth: float) -> float:
    return (han_number(said) or 0.0) * worth if said else 0.0


def _sum(said: str, low: str, start: int, end: int) -> list[Entity]:
    value = mixed_number(said.replace(",", ""))
    return [] if value is None else [entity("amount", decimal_text(value), low, start, end)]
