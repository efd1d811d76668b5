"""Names of people where they are introduced ("我叫…", "my name is …") or stand beside a number. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from bot.understanding.entities.given_names import GIVEN
from bot.understanding.entities.span import Taken, entity, without_overlap
from bot.understanding.model import Entity
from core.language import HAN

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖"
    "邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦"
    "向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解"
    "强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫嘉苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇"
    "艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)
_DOUBLE: Final = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|南宫|长孙"
_SURNAME: Final = f"(?:{_DOUBLE}|[{_SURNAMES}])"
_STOP: Final = (
    "我你他她它的是在要想了请电手号和有也就都不没能可来家这那用办查吗吧呢啊跟住帮身证说给把从到对让收"
)
_GIVEN: Final = f"[{HAN}]"
_FULL: Final = rf"{_SURNAME}{_GIVEN}{{1,2}}"
_MIDDLE_DOT: Final = f"[{HAN}]{{1,8}}[·•・][{HAN}]{{1,8}}"
_LATIN: Final = r"[A-Z][A-Za-z'-]{1,15}(?: [A-Z][A-Za-z'-]{1,15}){0,2}"
_SAID: Final = (
    r"我?(?:的)?(?:名字|全名|姓名|名)(?:叫做|叫|是)?|[我她他](?:就|的?名字|全名)?叫做?|叫做?(?=.{2,4}$)|户名|户主|机主|业主|联系人|收件人|收货人|签收人|"
    r"申请人|经办人|代办人|负责人|办理人|投诉人|本人|客户|用户(?!名)|我姓.[,，](?:叫|我叫)?"
)
_INTRODUCED: Final = re.compile(
    rf"(?:{_SAID})(?:姓名|名字|名)?(?:是|叫|为|写|填|改成|改为|换成)?[:：]? ?"
    rf"(?:(?P<dotted>{_MIDDLE_DOT})|(?P<latin>{_LATIN})|(?P<han>{_SURNAME}{_GIVEN}{{1,3}}))"
)
_I_AM: Final = re.compile(
    rf"(?:我是|这里是|这边是|我这边是)(?:业主|户主|机主|租客|住户|客户|用户)?(?:(?P<dotted>{_MIDDLE_DOT})|(?P<latin>{_LATIN})"
    rf"|(?P<han>{_FULL}))(?=$|[,，。.!！?？;；、:： \n])"
)
_RECEIVES: Final = re.compile(rf"(?:^|(?<=[,，。;；、:： ]))(?P<han>{_FULL})(?=收(?:$|[,，。;； ]))")
_ALONE: Final = re.compile(
    rf"(?:^|(?<=[,，。;；、:： \n]))(?P<han>{_MIDDLE_DOT}|{_FULL})(?=$|[,，。.;；、 \n])"
)
_NO_NAME: Final = frozenset(
    "谢谢 谢谢你 谢谢您 马上 周一 周二 周三 周四 周五 周六 周日 周末 明白 明天 明早 明晚 时间 金额 余额 安全 方便 万一 包月 全部 成功 高清 华为 江苏 云南 常用 连接"
    " 何时 白天 毛病 平时 应该 应急 单号 单子 和平 关于 关机 简单 计费 解约 费用 路由 文件 向您 强烈 保持 保留 保号 都好 都行 都是 宁波 台湾 温州 金华 武汉 成都"
    " 乐意 易懂 车上 车里 花钱 商量 商店 官网 官方 原来 原因 时候 全家 全家享 连不上 连网 连不通 温馨 位置 查一下 查查 查账 查询 查话费 查流量 查进度 解除 解锁 解释 解决 强制"
    " 白条 白跑 白等 成天 常常 常年 高峰 高速 古怪 关掉 关了 关闭 管理 华侨 老用户 新用户 老客户 都没 都不 都行 房东 边上 石家庄 游戏 路由器 同上 方法 房子 舒服 宽带 计划 钱呢 钱包 钱少了"
    " 申请 申诉 江西 盖章 常见 曾经 温度 齐了 项目 向上 欧洲 方案 强信号 时好时坏 成年人 习惯 党员 连着 应付 任何 任意 康复 易用 安装 安装费 安排 封号 单位 单独 和你 和我 明年 明细 司机 万分 台式 向前 官司".split()
)

_EN_NAME: Final = r"(?:[A-Z][A-Za-z'-]{1,15}|[A-Z]\.)(?: (?:[A-Z][A-Za-z'-]{1,15}|[A-Z]\.)){0,2}"
_EN_INTRODUCED: Final = re.compile(
    r"\b(?:(?i:(?:my |full |the |account |contact |customer |his |her |holder'?s? )?name(?:'s|s)?(?: is| on the account is|:| =| -|,)?|name of|"
    r"(?:i'm|i am|he's|she's|is|am) called|call me|registered (?:to|under|for|in the name of)|under the name(?: of)?|under|in the name of|account holder(?: is|:)?|"
    r"(?:contact|recipient|attention|attn|holder|owner|signed|regards|cheers)(?: person| is)?[:,]?|belongs to|speak(?:ing)? (?:to|with)|ask for|husband|wife|for|from|mr\.?|mrs\.?|ms\.?)) ?"
    rf"(?P<name>{_EN_NAME})(?![A-Za-z0-9])"
)
_EN_STRONG: Final = re.compile(
    r"name|called|call me|registered|holder|contact|recipient|att|signed|belongs|ask for", re.IGNORECASE
)
_EN_I_AM: Final = re.compile(
    rf"\b(?i:i'm|i am|im|this is|it's|it is|here is|me is)(?: (?i:mr|mrs|ms)\.?)? (?P<name>{_EN_NAME})(?![A-Za-z0-9])"
)
_EN_LOWER: Final = re.compile(
    r"\b(?P<lead>my name is|my name's|name is|name:|i'm called|call me|i'm|i am|im|this is) (?P<name>[a-z][a-z'-]{1,15}(?: [a-z][a-z'-]{1,15})?)"
)
_EN_HERE: Final = re.compile(rf"(?:^|(?<=[,.!;] ))(?P<name>{_EN_NAME})(?= (?:here|speaking)\b)")
_EN_ALONE: Final = re.compile(
    r"(?:^|(?<=[,.;:] )|(?<=\n))(?P<name>[A-Z][a-z'-]{1,15}(?: [A-Z]\.)? [A-Z][A-Za-z'-]{1,15})(?=$|[,.;\n]| -)"
)
_EN_NO_NAME: Final = frozenset(
    "The And But My Your Our His Her Their Please Thanks Thank Hello Hi Hey Dear Good Morning Afternoon Evening Not No Yes Ok Okay Can Could Would"
    " Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun January February March April May June July August"
    " September October November December Mobile Fibre Fiber Bundle Senior Plan Internet Broadband Wifi Wi-Fi Tv Tel Phone Id Sim Esim Card"
    " Skybridge Telecom Bridge Customer Service Support Road Street Avenue Lane District County City Block Tower Building Room Flat Unit Floor"
    " China Chinese English Beijing Shanghai Guangzhou Shenzhen Chengdu Hangzhou Wuhan Nanjing Suzhou Tianjin Chongqing Usb Router Modem"
    " Just Still Also Very New Old Bill Invoice Ticket Fault Complaint Reference Number Account Holder Name Identity Passport It Is In On At"
    " Samsung Huawei Apple Google Iphone Android Xiaomi Ios Netflix App Vip Hong Kong Singapore America Japan Red Light What When Where Why How".split()
)
_EN_SURNAMES: Final = frozenset(
    "Sun May March Day Bridge Long Good New Light Street Lane Fry Young Hong King Block".split()
)
_LOWER_STOP: Final = frozenset(
    "here and i im i'm btw by from with my the calling speaking again on at in is was for not but so please thanks who phone number id account"
    " want need can from of to a an just".split()
)
_EN_CANDIDATE: Final = re.compile(r"[A-Z]|\b(?:name|i'm|i am|im|this is|call)\b")


def names(plain: str, others: Iterable[Entity]) -> list[Entity]:
    """Names of people, as written; `others` are the entities that are known already."""
    known = list(others)
    found: list[Entity] = []
    if not plain.isascii():
        found += _chinese(plain, known)
    if _EN_CANDIDATE.search(plain):
        found += _english(plain, known)
    return without_overlap(found)


def _chinese(plain: str, known: list[Entity]) -> list[Entity]:
    found: list[Entity] = []
    taken = Taken(known)

    def put(start: int, end: int) -> None:
        item = entity("name", plain[start:end], plain, start, end)
        if item.text not in _NO_NAME and taken.take(item):
            found.append(item)

    for match in _INTRODUCED.finditer(plain):
        for group in ("dotted", "latin", "han"):
            if match[group]:
                start, end = match.span(group)
                put(start, _cut(plain, start, end) if group == "han" else end)
    for match in _I_AM.finditer(plain):
        group = str(match.lastgroup)
        put(*match.span(group))
    for match in _RECEIVES.finditer(plain):
        put(*match.span("han"))
    if known:
        for match in _ALONE.finditer(plain):
            start, end = match.span("han")
            if _beside(start, end, known):
                put(start, end)
    return found


def _cut(plain: str, start: int, end: int) -> int:
    """Where a name that begins at `start` ends: two or three characters, four after a double surname."""
    double = 1 if re.match(_DOUBLE, plain[start : start + 2]) else 0
    for size in (3 + double, 2 + double):
        if start + size > len(plain) or start + size > end:
            continue
        following = plain[start + size : start + size + 1]
        if not following or not re.match(_GIVEN, following):
            return (
                start + size
                if not (size == 3 + double and plain[start + size - 1] in _STOP)
                else start + size - 1
            )
    if start + 3 + double <= end and plain[start + 2 + double] not in _STOP:
        return start + 3 + double
    return start + 2 + double


_NEAR: Final = 6
"""Characters between a name and the entity beside it: a mark and a short word."""


def _beside(start: int, end: int, known: list[Entity]) -> bool:
    """Whether one of `known` (by position) stands next to [start, end)."""
    place = bisect_left(known, end, key=lambda item: item.start)
    if place < len(known) and known[place].start - end <= _NEAR:
        return True
    return place > 0 and 0 <= start - known[place - 1].end <= _NEAR


def _english(plain: str, known: list[Entity]) -> list[Entity]:
    found: list[Entity] = []
    taken = Taken(known)

    def put(name: str, start: int, sure: bool) -> None:
        item = entity("name", name, plain, start, start + len(name))
        if (sure or " " in name or name.split("'")[0].lower() in GIVEN) and taken.take(item):
            found.append(item)

    for pattern in (_EN_INTRODUCED, _EN_I_AM, _EN_HERE):
        for match in pattern.finditer(plain):
            name = _proper(match["name"])
            if name:
                strong = pattern is _EN_INTRODUCED and bool(
                    _EN_STRONG.search(match[0][: match.start("name") - match.start()])
                )
                put(name, match.start("name"), strong)
    for match in _EN_LOWER.finditer(plain):
        words = match["name"].split(" ")
        if len(words) > 1 and words[1] in _LOWER_STOP:
            words = words[:1]
        sure = "name" in match["lead"] or "call" in match["lead"]
        if words[0] in GIVEN or (sure and words[0] not in _LOWER_STOP):
            put(" ".join(words), match.start("name"), True)
    if known:
        for match in _EN_ALONE.finditer(plain):
            if _proper(match["name"]) == match["name"]:
                put(match["name"], match.start("name"), False)
    return found


def _proper(name: str) -> str:
    """The words at the head of `name` that may be a person's."""
    words: list[str] = []
    for word in name.split(" "):
        family = bool(words) and word in _EN_SURNAMES and words[0].lower() in GIVEN
        if word.capitalize() in _EN_NO_NAME and not family:
            break
        words.append(word)
    return " ".join(words)
