"""The Chinese pieces of dates and times. Pure; the pattern is linear in the text."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot.understanding.entities import calendar as cal
from bot.understanding.entities.durations import DAY as DAY_MINUTES
from bot.understanding.entities.durations import HAN_DURATION, han_minutes
from bot.understanding.entities.numerals import HAN_NUMERALS, han_number
from bot.understanding.entities.pieces import CLOCK, CLOSE, DAY, OPEN, PART, POINT, Piece

CANDIDATE: Final = re.compile("[今明后昨前天晚早周期拜月号日点时门班后]")

_PARTS: Final = {
    "凌晨": cal.NIGHT, "半夜": cal.NIGHT, "深夜": cal.NIGHT, "清晨": cal.MORNING, "早上": cal.MORNING, "早晨": cal.MORNING,
    "上午": cal.MORNING, "早": cal.MORNING, "晨": cal.MORNING, "中午": cal.NOON, "午间": cal.NOON, "正午": cal.NOON,
    "下午": cal.AFTERNOON, "午后": cal.AFTERNOON, "傍晚": cal.EVENING, "晚上": cal.EVENING, "夜里": cal.EVENING,
    "夜间": cal.EVENING, "晚间": cal.EVENING, "晚": cal.EVENING,
}  # fmt: skip
_DAYS: Final = {
    "大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3,
}  # fmt: skip
_WEEKDAYS: Final = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_YEARS: Final = {"今年": 0, "明年": 1, "去年": -1, "前年": -2, "后年": 2}
_NUMBER: Final = f"[0-9]{{1,2}}|[{HAN_NUMERALS}]{{1,3}}"
_NO_DAY: Final = "线楼院门店机桌窗柜库厅台码房室信位段仓船车站口铁灯键孔钉弄"
_PIECE: Final = re.compile(
    rf"(?P<ago>(?<![0-9.第每]){HAN_DURATION}(?:零?(?:{_NUMBER})分钟?)?(?:之|以)?(?P<way>后|前)(?!天|面|台|年))"
    rf"|(?P<year>[0-9]{{4}}|[零〇一二三四五六七八九]{{4}})年(?P<m1>{_NUMBER})月(?P<d1>{_NUMBER})[号日]?"
    rf"|(?P<years>[今明去前后]年)?(?<![0-9{HAN_NUMERALS}.])(?P<m2>{_NUMBER})月份?的?(?P<d2>{_NUMBER})(?:[号日]|(?![0-9个{HAN_NUMERALS}分点块元]))"
    rf"|(?P<month>下下|下|上|这|本)个?月的?(?P<d3>{_NUMBER})[号日]?"
    rf"|(?<![0-9.第路街道弄巷村里段栋区电单证编工账手型代批{HAN_NUMERALS}a-z-])(?P<d4>{_NUMBER})(?:号(?![{_NO_DAY}])|日(?![内后之以]))"
    rf"|(?P<relative>大前|大后|前|昨|今|当|明|后)(?:天|日|儿个?)(?!半)"
    rf"|(?P<short>[昨今明后])(?=[早晚晨])"
    rf"|(?<!每)(?P<week>下下个?|上上个?|下个?|上个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天](?!个|年|天|到周|直))"
    rf"|(?P<part>凌晨|半夜|深夜|清晨|早上|早晨|上午|中午|午间|正午|下午|午后|傍晚|晚上|夜里|夜间|晚间"
    rf"|[早晚](?=[0-9{HAN_NUMERALS}]{{1,3}}(?:点(?!点)|[:]))(?!一点(?![钟半]))|(?<=[昨今明后])[早晚晨])"
    rf"|(?<![0-9.第{HAN_NUMERALS}几这那])(?P<hour>[0-9]{{1,2}}|[{HAN_NUMERALS}]{{1,3}})(?:(?P<dot>点)|时(?![间候代段长]))"
    rf"(?:(?P<just>钟|整)|(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-9]{{1,2}}|[{HAN_NUMERALS}]{{1,3}})(?P<minutes>分(?!钟))?)?"
    rf"|(?P<open>(?:营业厅?)?(?:开门|开始营业)|上班(?:时间)?(?=[前后时的]|之前|以后))"
    rf"|(?P<close>(?:营业厅?)?(?:关门|打烊|结束营业)|下班(?:时间)?)(?=[前后时的]|之前|以后|$|[,，。])"
    rf"|(?P<working>下一?个工作日)"
)
_NO_CLOCK: Final = re.compile("建议|意见|要求|原因|疑问|问题|想法|东西|流量|信号|话费|钱|都|也|儿|点|[0-9.]")
_SURE_ONE: Final = re.compile(r"$|[ ,，。？！?!、]|之?前|以?后|左右|到|来|吧|吗|行|可|见")


def pieces(low: str, now: datetime, hours: cal.Hours | None) -> list[Piece]:
    """The pieces of a folded text, by position."""
    if CANDIDATE.search(low) is None:
        return []
    found: list[Piece] = []
    for match in _PIECE.finditer(low):
        piece = _piece(match, low, now, hours)
        if piece is not None:
            found.append(piece)
    return found


def _piece(match: re.Match[str], low: str, now: datetime, hours: cal.Hours | None) -> Piece | None:
    start, end = match.span()
    if match["part"]:
        return Piece(PART, start, end, _PARTS[match["part"]])
    if match["hour"]:
        return _clock(match, low)
    if match["ago"]:
        value = _counted(match, now)
        return Piece(POINT, start, end, value) if value else None
    if match["open"] or match["close"]:
        return Piece(OPEN if match["open"] else CLOSE, start, end, True) if hours is not None else None
    day = _day(match, now.date(), hours)
    return Piece(DAY, start, end, day) if day else None


def _day(match: re.Match[str], today: date, hours: cal.Hours | None) -> date | None:
    if match["relative"] or match["short"]:
        return cal.shifted(today, _DAYS[match["relative"] or match["short"]])
    if match["weekday"]:
        week = match["week"] or ""
        weeks = week.count("下") - week.count("上")
        return cal.weekday(today, _WEEKDAYS[match["weekday"]], weeks or None)
    if match["working"]:
        return cal.working_day(today, hours)
    if match["year"]:
        month, day = _whole(match["m1"]), _whole(match["d1"])
        return cal.on_date(int(han_number(match["year"]) or 0), month, day)
    if match["m2"]:
        month, day = _whole(match["m2"]), _whole(match["d2"])
        if match["years"]:
            return cal.on_date(today.year + _YEARS[match["years"]], month, day)
        return cal.coming_date(today, month, day) if 1 <= month <= 12 else None
    if match["month"]:
        months = match["month"].count("下") - match["month"].count("上")
        return cal.day_of_month(today, months, _whole(match["d3"]))
    return cal.coming_day(today, _whole(match["d4"]))


def _clock(match: re.Match[str], low: str) -> Piece | None:
    hour = _whole(match["hour"])
    if not 0 <= hour <= 24:
        return None
    said = any(match[group] for group in ("just", "half", "quarter", "minute"))
    if match["dot"] is None and not match["minutes"] and not _is_timed(low, match.start()):
        return None
    minute = 30 if match["half"] else 15 * _whole(match["quarter"]) if match["quarter"] else 0
    if match["minute"]:
        minute = _whole(match["minute"])
        if not 0 <= minute < 60 or low[match.end() : match.end() + 1] in tuple("gGmM个块元"):
            return None
    if not said and _NO_CLOCK.match(low, match.end()):
        return None
    one = match["hour"] == "一" and not said
    if one and not _is_timed(low, match.start()) and not _SURE_ONE.match(low, match.end()):
        return None
    exact = match["hour"].startswith("0")
    return Piece(CLOCK, match.start(), match.end(), (hour, minute, exact), weak=one)


def _is_timed(low: str, start: int) -> bool:
    return low[start - 1 : start] in tuple("上午晨晚早夜日号里间") if start else False


def _counted(match: re.Match[str], now: datetime) -> dict[str, Any] | None:
    said = match["ago"].removesuffix(match["way"]).removesuffix("之").removesuffix("以")
    minutes = han_minutes(said)
    if minutes is None:
        return None
    sign = 1 if match["way"] == "后" else -1
    if "月" in said or "年" in said:
        months = minutes / DAY_MINUTES / 30 if "月" in said else minutes / DAY_MINUTES / 365 * 12
        if months == int(months):
            on = cal.months_later(now.date(), sign * int(months))
            return cal.moment(on) if on else None
    if minutes >= DAY_MINUTES and not any(unit in said for unit in ("小时", "钟头", "分钟")):
        on = cal.shifted(now.date(), sign * int(minutes // DAY_MINUTES))
        return cal.moment(on) if on else None
    return counted(now, sign * minutes)


def counted(now: datetime, minutes: float) -> dict[str, Any] | None:
    """The moment `minutes` after `now`, to the minute."""
    try:
        at = now + timedelta(minutes=minutes)
    except OverflowError:
        return None
    return cal.moment(at.date(), at.time())


def _whole(said: str) -> int:
    number = han_number(said)
    if number is None and len(said) == 2 and not said.isascii():
        return -1
    return -1 if number is None else int(number)
