"""What the operator sells and where: plans, districts and the kinds of items on a bill, priced as its pages say."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["mobile", "broadband", "landline", "tv"]
Service = Literal["mobile", "broadband", "bundle"]
Part = Literal["plan_fee", "outside_plan", "add_on", "third_party", "credit"]

TV_FEE = 1_500
"""Fen a month for TV on a broadband line, one set-top box included."""
INSTALLATION_FEE = 10_000
"""Fen, without a contract; free with one."""
LATE_MOVE_FEE = 3_000
"""Fen for the next visit, when one is moved or cancelled less than `LATE_HOURS` ahead."""
LATE_HOURS = 4


@dataclass(frozen=True, slots=True)
class Text:
    """One wording in each language."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`price` in fen a month (broadband: on a 12-month contract); `data` in GB; `speed` in Mbit/s; 0 = not part of it.

    `rank` orders the plans of one service from small to large.
    """

    id: str
    service: Service
    title: Text
    price: int
    rank: int
    data: int = 0
    minutes: int = 0
    speed: int = 0
    tv: bool = False
    in_shop: bool = False


PLANS = {
    plan.id: plan
    for plan in (
        Plan("senior-19", "mobile", Text("银龄 19", "Senior 19"), 1_900, 0, data=5, minutes=200, in_shop=True),
        Plan("mobile-29", "mobile", Text("轻享 29", "Light 29"), 2_900, 1, data=10, minutes=100),
        Plan("mobile-59", "mobile", Text("标准 59", "Standard 59"), 5_900, 2, data=30, minutes=300),
        Plan("mobile-99", "mobile", Text("畅享 99", "Plus 99"), 9_900, 3, data=60, minutes=600),
        Plan("mobile-159", "mobile", Text("尊享 159", "Max 159"), 15_900, 4, data=120, minutes=1_200),
        Plan("fibre-300", "broadband", Text("宽带 300 Mbps", "Fibre 300 Mbps"), 7_900, 1, speed=300),
        Plan("fibre-500", "broadband", Text("宽带 500 Mbps", "Fibre 500 Mbps"), 9_900, 2, speed=500),
        Plan("fibre-1000", "broadband", Text("宽带 1000 Mbps", "Fibre 1000 Mbps"), 13_900, 3, speed=1_000),
        Plan("fibre-2000", "broadband", Text("宽带 2000 Mbps", "Fibre 2000 Mbps"), 19_900, 4, speed=2_000),
        Plan("bundle-129", "bundle", Text("家庭 129", "Home 129"), 12_900, 1, data=30, minutes=300, speed=500),
        Plan(
            "bundle-169", "bundle", Text("家庭 169", "Home 169"), 16_900, 2, data=60, minutes=600, speed=1_000, tv=True
        ),
        Plan(
            "bundle-239", "bundle", Text("家庭 239", "Home 239"), 23_900, 3,
            data=120, minutes=1_200, speed=2_000, tv=True,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class District:
    """`capacity`: visits a two-hour window; `promise`: working days within which broadband is installed."""

    id: str
    title: Text
    capacity: int
    promise: int


DISTRICTS = {
    district.id: district
    for district in (
        District("renmin", Text("人民区", "Renmin District"), 2, 3),
        District("jiangbei", Text("江北区", "Jiangbei District"), 2, 3),
        District("dongzhan", Text("东站区", "East Station District"), 2, 3),
        District("xuefu", Text("学府区", "Xuefu District"), 2, 3),
        District("nanhu", Text("南湖区", "Nanhu District"), 2, 3),
        District("qingshan", Text("青山县", "Qingshan County"), 1, 5),
    )
}


def district_named(words: str) -> District | None:
    """The district that an id, or its name in either language with or without 区, 县, District or County, stands for."""
    wanted = _bare(words)
    for district in DISTRICTS.values():
        if wanted in (district.id, _bare(district.title.zh), _bare(district.title.en)):
            return district
    return None


def _bare(name: str) -> str:
    plain = " ".join(name.casefold().split())
    for ending in (" district", " county", "区", "县"):
        plain = plain.removesuffix(ending)
    return plain


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of line on a bill; `why` says in a sentence what makes it appear or change."""

    part: Part
    title: Text
    why: Text


ITEMS = {
    "tv": Item(
        "plan_fee",
        Text("电视（IPTV）", "TV (IPTV)"),
        Text("电视业务按月收费。", "TV is charged by the month."),
    ),
    "router": Item(
        "plan_fee",
        Text("路由器租用", "Router rental"),
        Text("路由器按月租用。", "The router is rented by the month."),
    ),
    "data_overage": Item(
        "outside_plan",
        Text("超额流量", "Extra data"),
        Text(
            "套餐外流量每 GB 3 元，每月最多 50 元。",
            "Data beyond the plan is 3 yuan per GB, 50 yuan a month at most.",
        ),
    ),
    "calls": Item(
        "outside_plan",
        Text("套餐外通话", "Calls outside the plan"),
        Text("套餐外国内通话每分钟 0.15 元。", "Mainland calls beyond the plan are 0.15 yuan a minute."),
    ),
    "roaming": Item(
        "outside_plan",
        Text("国际漫游流量", "Roaming data"),
        Text("在境外使用的流量按天收费。", "Data used abroad is charged by the day."),
    ),
    "international": Item(
        "outside_plan",
        Text("国际长途", "International calls"),
        Text("国际长途按分钟收费。", "International calls are charged by the minute."),
    ),
    "data_pack": Item(
        "add_on",
        Text("月包 5 GB", "Monthly pack 5 GB"),
        Text("您订购了流量包，每个 10 元。", "A data pack was ordered, 10 yuan each."),
    ),
    "video": Item(
        "third_party",
        Text("代收：海湾视频会员", "For a third party: Haiwan Video membership"),
        Text("替海湾视频代收的会员费。", "A membership fee collected for Haiwan Video."),
    ),
    "discount": Item(
        "credit",
        Text("新装优惠", "New customer discount"),
        Text("新装优惠只在优惠期内抵扣。", "The new customer discount applies only until it ends."),
    ),
    "compensation": Item(
        "credit",
        Text("故障超时赔偿", "Compensation for a late repair"),
        Text("因维修超时抵扣的费用。", "Taken off because a repair was late."),
    ),
}


def item_of(code: str) -> Item:
    """The kind of an item; `plan:<id>` is the monthly fee of that plan."""
    if code.startswith("plan:"):
        title = PLANS[code.removeprefix("plan:")].title
        return Item(
            "plan_fee",
            Text(f"{title.zh} 月费", f"{title.en} monthly fee"),
            Text("套餐月费有变动。", "The plan or its monthly fee changed."),
        )
    return ITEMS[code]
