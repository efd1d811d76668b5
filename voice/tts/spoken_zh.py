"""Chinese: how numbers, dates, amounts and the like are said. Pure."""

import re
from typing import Final

from voice.tts.numbers import HAN, PHONE_HAN, chinese, chinese_decimal, chinese_digits
from voice.tts.patterns import (
    BETWEEN,
    CURRENCIES,
    DATE,
    FRACTION,
    IDENTITY,
    IP,
    LEFT,
    LONG,
    MINUS,
    NAMED_VERSION,
    NUMBER,
    PERCENT,
    PHONES,
    RANGE,
    RATIO,
    RIGHT,
    ROUND,
    SIGNED,
    TICKET,
    TIME,
    VERSION,
    YEAR_MONTH,
    is_date,
    is_time,
    plain,
)  # fmt: skip
from voice.tts.tongue import (
    EDGE,
    Rule,
    Tongue,
    dotted,
    in_groups,
    landline,
    mobile,
    overseas,
    read,
    ticket,
    written,
)  # fmt: skip

TONGUE: Final = Tongue(
    digits=lambda digits: chinese_digits(digits, PHONE_HAN), comma="，", stop="。", at="at", dot="点", point="点", dash="杠",
    underscore="下划线", plus="加", star="星号", extension="转",
)  # fmt: skip

_UNITS: Final = {
    "Gbps": "G", "Mbps": "兆", "Mb/s": "兆", "kbps": "K", "Kbps": "K", "MB/s": "兆每秒", "KB/s": "K每秒", "GB/s": "G每秒",
    "TB": "T", "GB": "G", "MB": "兆", "KB": "K", "kB": "K", "GHz": "G赫兹", "MHz": "兆赫兹", "kHz": "千赫兹", "Hz": "赫兹",
    "dBm": "dBm", "dB": "分贝", "ms": "毫秒", "min": "分钟", "km/h": "公里每小时", "km": "公里", "cm": "厘米", "mm": "毫米",
    "m": "米", "kg": "公斤", "mg": "毫克", "g": "克", "kWh": "千瓦时", "kW": "千瓦", "W": "瓦", "V": "伏", "A": "安", "mA": "毫安",
    "℃": "摄氏度", "°C": "摄氏度", "h": "小时", "s": "秒", "㎡": "平方米", "m²": "平方米",
}  # fmt: skip
_UNIT: Final = re.compile(
    rf"{LEFT}({NUMBER})[ ]?({'|'.join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))})(?![A-Za-z0-9级类栋座区²])"
)
_MEGA: Final = re.compile(LEFT + r"([0-9]{2,})M" + RIGHT)
_FOREIGN: Final = {"$": ("美元", "美分"), "€": ("欧元", "欧分"), "£": ("英镑", "便士")}
_PER: Final = r"(?:[ ]?/[ ]?(个?月|年|天|日|次|小时|分钟|人|户|条|GB|MB|G|M))?"
_YUAN: Final = re.compile(rf"{LEFT}({NUMBER})[ ]?(?:元(?![素旦件])|RMB|CNY){_PER}")
_SIGNED: Final = re.compile(SIGNED.pattern + r"(?![ ]?[万亿])" + r"[ ]?元?" + _PER)
_LARGE: Final = re.compile(SIGNED.pattern + r"[ ]?([万亿])")
_YEAR: Final = re.compile(LEFT + r"([12][0-9]{3})(?=[ ]?年)")
_DAY: Final = re.compile(LEFT + r"(1[0-2]|0?[1-9])[-/.]([12][0-9]|3[01]|0?[1-9])(?=[ ]?[（(](?:周|星期))")
_ROOM: Final = re.compile(LEFT + r"([0-9]{3,4})(?=[ ]?(?:室|房间|号房))")
_CODE: Final = re.compile(
    r"((?:验证码|校验码|密码|口令|取件码|尾号|末四位|分机|卡号|账号|帐号|户号|工号|编号|单号|号码|证号|身份证|邮编|PIN)"
    r"[ ]?(?:是|为|：|:)?[ ]?)([0-9]{3,})(?![0-9A-Za-z.]|[ ]?[位个元分次天%])"
)
_CALL: Final = re.compile(
    r"((?:拨打?|致电|来电|电话|热线|打|呼叫|联系|短信到|发送到?)(?:是|为|：|:)?[ ]?)([0-9]{3,6})(?![0-9A-Za-z.,:]|[ ]?[位个元分次天小秒折%])"
)
_SERVICE: Final = re.compile(
    LEFT + r"(10086|10010|10099|10000(?=号)|12315|12321|95[0-9]{3})(?![0-9A-Za-z.,]|[ ]?[位个元分次天人万%])"
)
_COUNTED: Final = re.compile(
    r"(?<!第)(?<!第[ ])"
    + LEFT
    + r"2(?=[ ]?[个天次位条台张种份人家件笔项套分秒年周点米元块角千万亿倍步部名只本遍趟页组类户兆度百]|[ ]?小时|[ ]?公里)"
)
_NUMBER: Final = re.compile(f"{LEFT}({NUMBER}){RIGHT}")
_SIGNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"(?<=[0-9])[ ]*\+[ ]*(?=[0-9])"), "加"),
    (re.compile(r"(?<=[0-9])[ ]*[×xX*][ ]*(?=[0-9])"), "乘"),
    (re.compile(r"(?<=[0-9])[ ]*=[ ]*(?=[0-9])"), "等于"),
    (re.compile(r"(?<=[0-9])\+(?![0-9])"), "多"),
    (re.compile(r"[~～≈](?=[ ]?[0-9])"), "约"),
    (re.compile(r"≥[ ]?(?=[0-9])"), "不少于"),
    (re.compile(r"≤[ ]?(?=[0-9])"), "不超过"),
    (re.compile(r"(?<![0-9A-Za-z/])24/7(?![0-9/])"), "全天候"),
)
_HAN: Final = r"\u3400-\u9fff\u3001-\u3011\uff01-\uff5e“”‘’…"
_JOINT: Final = re.compile(rf"(?<=[{_HAN}])(?:[ ]*{EDGE})+[ ]*(?=[{_HAN}])")


def _quantity(number: str) -> str:
    """Before a measure: 2 is 两."""
    return "两" if number == "2" else chinese_decimal(number)


def _clock(hour: str, minute: str, second: str | None) -> str:
    said = ("两" if int(hour) == 2 else chinese(hour)) + "点"
    if int(minute) or (second and int(second)):
        said += ("零" if 0 < int(minute) < 10 else "") + chinese(minute) + "分"
    if second and int(second):
        said += ("零" if int(second) < 10 else "") + chinese(second) + "秒"
    return said


def _time(found: re.Match[str]) -> str | None:
    hour, minute, second = found.groups()
    return _clock(hour, minute, second) if is_time(hour, minute, second) else None


def _date(found: re.Match[str]) -> str | None:
    year, _, month, day, month_, day_, hour, minute, second = found.groups()
    month, day = month or month_, day or day_
    if not is_date(year, month, day) or (hour and not is_time(hour, minute, second)):
        return None
    said = f"{chinese_digits(year)}年{chinese(month)}月{chinese(day)}日"
    return said + (_clock(hour, minute, second) if hour else "")


def _parts(number: str) -> tuple[str, str, str]:
    """Whole, tenth and hundredth of an amount."""
    whole, _, part = number.partition(".")
    return whole, *(part + "00")[:2]


def _yuan(number: str) -> str:
    """¥58.50 is 五十八元五角."""
    if len(number.partition(".")[2]) > 2:
        return chinese_decimal(number) + "元"
    whole, tenth, hundredth = _parts(number)
    said = "" if int(whole) == 0 and (tenth, hundredth) != ("0", "0") else _quantity(str(int(whole))) + "元"
    if tenth != "0":
        said += HAN[int(tenth)] + "角"
    if hundredth != "0":
        said += ("零" if tenth == "0" and said else "") + HAN[int(hundredth)] + "分"
    return said


def _foreign(number: str, names: tuple[str, str]) -> str:
    whole, tenth, hundredth = _parts(number)
    if len(number.partition(".")[2]) > 2:
        return chinese_decimal(number) + names[0]
    cents = int(tenth + hundredth)
    said = "" if int(whole) == 0 and cents else _quantity(str(int(whole))) + names[0]
    return said + (_quantity(str(cents)) + names[1] if cents else "")


def _per(what: str | None) -> str:
    return f"每{'兆' if what in ('M', 'MB') else what.removesuffix('B')}" if what else ""


def _money(found: re.Match[str]) -> str:
    sign, number, what = found.groups()
    sign, number = CURRENCIES.get(sign, sign), plain(number)
    return (_yuan(number) if sign == "¥" else _foreign(number, _FOREIGN[sign])) + _per(what)


def _large(found: re.Match[str]) -> str:
    sign, number, scale = found.groups()
    sign = CURRENCIES.get(sign, sign)
    return _quantity(plain(number)) + scale + ("元" if sign == "¥" else _FOREIGN[sign][0])


def _fraction(found: re.Match[str]) -> str | None:
    top, bottom = int(found[1]), int(found[2])
    return f"{chinese(found[2])}分之{chinese(found[1])}" if 0 < top < bottom <= 10 else None


def _any(found: re.Match[str]) -> str:
    return chinese_decimal(plain(found[1]))


def _kept(found: re.Match[str]) -> str:
    """What announced the digits, and the digits one by one."""
    return found[1].rstrip(" ") + EDGE + in_groups(TONGUE, found[2])


def _identity(found: re.Match[str]) -> str:
    area, year, day, last = found.groups()
    end = TONGUE.digits(last[:-1]) + " X" if last[-1] in "Xx" else TONGUE.digits(last)
    return "，".join([TONGUE.digits(area), TONGUE.digits(year), TONGUE.digits(day), end])


RULES: Final[tuple[Rule, ...]] = (
    (TICKET, ticket(TONGUE)),
    (IP, dotted(TONGUE)),
    (DATE, _date),
    (_DAY, lambda found: f"{chinese(found[1])}月{chinese(found[2])}日"),
    (YEAR_MONTH, lambda found: f"{chinese_digits(found[1])}年{chinese(found[2])}月"),
    (NAMED_VERSION, lambda found: "V " + "点".join(map(chinese, found[1].split(".")))),
    (VERSION, lambda found: "点".join(map(chinese, found[0].split(".")))),
    (BETWEEN, lambda found: "到"),
    (TIME, _time),
    (IDENTITY, _identity),
    (PHONES[0], mobile(TONGUE)),
    (PHONES[1], landline(TONGUE)),
    (PHONES[2], written(TONGUE)),
    (PHONES[3], overseas(TONGUE)),
    (PHONES[5], written(TONGUE)),
    (_CODE, _kept),
    (_CALL, _kept),
    (_SERVICE, written(TONGUE)),
    (_ROOM, written(TONGUE)),
    (LONG, lambda found: None if ROUND.fullmatch(found[0]) else in_groups(TONGUE, found[0])),
    (RANGE, lambda found: "到"),
    *((pattern, lambda found, said=said: said) for pattern, said in _SIGNS),
    (MINUS, lambda found: "负"),
    (_YEAR, lambda found: chinese_digits(found[1])),
    (_LARGE, _large),
    (_SIGNED, _money),
    (_YUAN, lambda found: _yuan(plain(found[1])) + _per(found[2])),
    (PERCENT, lambda found: ("百分之" if found[2] == "%" else "千分之") + chinese_decimal(plain(found[1]))),
    (FRACTION, _fraction),
    (re.compile(r"[ ]*/[ ]*(?=[0-9])"), lambda found: "，"),
    (_UNIT, lambda found: _quantity(plain(found[1])) + _UNITS[found[2]]),
    (_MEGA, lambda found: chinese(found[1]) + "兆"),
    (RATIO, lambda found: "比"),
    (_COUNTED, lambda found: "两"),
    (_NUMBER, _any),
    (re.compile(r"(?<=[A-Za-z\u4e00-\u9fff])/(?=[A-Za-z\u4e00-\u9fff])"), lambda found: "或"),
    (re.compile(r"[ ]*&[ ]*"), lambda found: "和"),
)


def said(text: str) -> str:
    """A line without Markdown as it is read."""
    return _JOINT.sub("", read(text, RULES)).replace(EDGE, "")
