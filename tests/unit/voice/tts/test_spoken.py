"""What is read aloud: the readings are those of people who speak the language, written before the code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.tts.spoken import spoken

CHINESE = [
    # phone numbers: digit by digit, in groups, 1 as 幺
    ("请拨打13800138000。", "请拨打幺三八，零零幺三，八零零零。"),
    ("手机号 138 0013 8000", "手机号幺三八，零零幺三，八零零零"),
    ("手机号是138-0013-8000，对吗？", "手机号是幺三八，零零幺三，八零零零，对吗？"),
    ("+86 13912345678", "加八六，幺三九，幺二三四，五六七八"),
    ("座机010-12345678", "座机零幺零，幺二三四，五六七八"),
    ("座机 0571-8765432", "座机零五七幺，八七六，五四三二"),
    ("（021）61234567", "（零二幺），六幺二三，四五六七"),
    ("010-12345678转801", "零幺零，幺二三四，五六七八，转八零幺"),
    ("客服热线400-810-1234", "客服热线四零零，八幺零，幺二三四"),
    ("热线4008101234", "热线四零零，八幺零，幺二三四"),
    ("请拨 10099 按 2，24 小时都可以", "请拨幺零零九九按二，二十四小时都可以"),
    ("拨打10086", "拨打幺零零八六"),
    ("致电12315投诉", "致电幺二三幺五投诉"),
    ("紧急情况请打110", "紧急情况请打幺幺零"),
    ("手机号是 11 位", "手机号是十一位"),
    ("138****8000", "幺三八，星号，八零零零"),
    ("电话：021-6123 4567", "电话：零二幺，六幺二三，四五六七"),
    # codes, cards, rooms
    ("验证码是 381205", "验证码是三八幺，二零五"),
    ("尾号8011的号码", "尾号八零幺幺的号码"),
    ("身份证110101199003078515", "身份证幺幺零幺零幺，幺九九零，零三零七，八五幺五"),
    ("卡号6222021234567890123", "卡号六二二二，零二幺二，三四五六，七八九零，幺二三"),
    ("3 栋 502 室", "三栋五零二室"),
    # tickets
    ("工单号是 T-1234-ABCD", "工单号是 T，幺二三四，A B C D"),
    ("工单号是T-7F3K-92QD。", "工单号是T，七 F 三 K，九二 Q D。"),
    ("报修单 TK-20260815", "报修单 T K，二零二六，零八幺五"),
    ("合同HT123456", "合同H T，幺二三，四五六"),
    ("线路 L1001-1", "线路 L，幺零零幺，幺"),
    ("错误 E1302", "错误 E，幺三零二"),
    ("F-1234-5678", "F，幺二三四，五六七八"),
    # amounts
    ("¥58.00", "五十八元"),
    ("月费￥58", "月费五十八元"),
    ("58.50元", "五十八元五角"),
    ("¥58.05", "五十八元零五分"),
    ("¥58.55", "五十八元五角五分"),
    ("¥0.50", "五角"),
    ("¥0.05", "五分"),
    ("¥2", "两元"),
    ("¥1,234.00", "一千二百三十四元"),
    ("账单 10 元", "账单十元"),
    ("退款-¥20.00", "退款负二十元"),
    ("余额 -20 元", "余额负二十元"),
    ("$3.50", "三美元五十美分"),
    ("58元/月", "五十八元每月"),
    ("58.5万元", "五十八点五万元"),
    ("RMB 100", "一百元"),
    ("每月 58～128 元", "每月五十八到一百二十八元"),
    ("¥58-¥128", "五十八元到一百二十八元"),
    ("￥５８．００", "五十八元"),
    # dates and times
    ("2026-09-01", "二零二六年九月一日"),
    ("2026/9/1", "二零二六年九月一日"),
    ("2026年9月1日", "二零二六年九月一日"),
    ("2026 年 12 月 31 日", "二零二六年十二月三十一日"),
    ("9月1日前缴费", "九月一日前缴费"),
    ("12 月 3 号", "十二月三号"),
    ("2026-09-01 14:30", "二零二六年九月一日十四点三十分"),
    ("2026-09-01T09:05:00", "二零二六年九月一日九点零五分"),
    ("14:30", "十四点三十分"),
    ("09:00", "九点"),
    ("2:05", "两点零五分"),
    ("下午2:30上门", "下午两点三十分上门"),
    ("0:30", "零点三十分"),
    ("12:00", "十二点"),
    ("营业时间 9:00-18:00", "营业时间九点到十八点"),
    ("周六 9:00—12:30", "周六九点到十二点三十分"),
    ("2026年", "二零二六年"),
    ("2026年账单", "二零二六年账单"),
    ("12月账单", "十二月账单"),
    ("2026-11", "二零二六年十一月"),
    ("2026.11.25", "二零二六年十一月二十五日"),
    ("预计 11-25（周三）下午 3 点", "预计十一月二十五日（周三）下午三点"),
    ("14:30:05", "十四点三十分零五秒"),
    # percent
    ("99.9%", "百分之九十九点九"),
    ("8％的用户", "百分之八的用户"),
    ("-5%", "负百分之五"),
    ("10%-20%", "百分之十到百分之二十"),
    ("3‰", "千分之三"),
    # units
    ("500 Mbps", "五百兆"),
    ("500Mbps宽带", "五百兆宽带"),
    ("宽带是 500 兆的", "宽带是五百兆的"),
    ("2000 兆", "两千兆"),
    ("20GB流量", "二十G流量"),
    ("1.5 GB", "一点五G"),
    ("100MB", "一百兆"),
    ("512 kbps", "五百一十二K"),
    ("5 GHz", "五G赫兹"),
    ("-70dBm", "负七十dBm"),
    ("25℃", "二十五摄氏度"),
    ("3km", "三公里"),
    ("20ms", "二十毫秒"),
    ("12V/1A", "十二伏，一安"),
    # numbers
    ("2个", "两个"),
    ("12个", "十二个"),
    ("2天内", "两天内"),
    ("2小时", "两小时"),
    ("第2次", "第二次"),
    ("2号楼", "二号楼"),
    ("22位", "二十二位"),
    ("200条", "二百条"),
    ("10500", "一万零五百"),
    ("1005人", "一千零五人"),
    ("20000", "两万"),
    ("12,000", "一万两千"),
    ("100000000人", "一亿人"),
    ("3.14", "三点一四"),
    ("0", "零"),
    ("-3", "负三"),
    ("3-5天", "三到五天"),
    ("1~2 个工作日", "一到两个工作日"),
    ("1/3", "三分之一"),
    ("24/7", "全天候"),
    ("007", "零零七"),
    ("版本 2.0.1", "版本二点零点一"),
    ("192.168.1.1", "幺九二点幺六八点幺点幺"),
    ("16:9", "十六比九"),
    ("V2.1版", "V 二点一版"),
    ("40+项服务", "四十多项服务"),
    ("余额95588元，拨打95588", "余额九万五千五百八十八元，拨打九五五八八"),
    ("300、500、1000 和 2000 兆", "三百、五百、一千和两千兆"),
    ("5 + 3 = 8", "五加三等于八"),
    # addresses
    ("请访问 https://www.example.com/help?id=1", "请访问 example 点 com"),
    ("网址www.example.com.cn。", "网址example 点 com 点 C N。"),
    ("邮箱 support@example.com", "邮箱 support at example 点 com"),
    ("发到li_ming-2@mail.example.org", "发到li 下划线 ming 杠二 at mail 点 example 点 org"),
    ("[帮助中心](https://example.com/a)里有说明", "帮助中心里有说明"),
    # Markdown, emoji, lines
    ("**重要**：请先断电", "重要：请先断电"),
    ("**月费** ¥58", "月费五十八元"),
    ("2*3*4", "二乘三乘四"),
    ("# 标题\n正文", "标题。正文"),
    ("步骤：\n- 拔下电源\n- 等 30 秒", "步骤：拔下电源。等三十秒"),
    ("1. 拔下电源\n2. 插上电源", "第一，拔下电源。第二，插上电源"),
    ("| 套餐 | 月费 |\n|---|---|\n| 畅享 | ¥58 |", "套餐，月费。畅享，五十八元"),
    ("`重启`一下", "重启一下"),
    ("好的😀，马上办👍🏽", "好的，马上办"),
    ("> 引用的话", "引用的话"),
    ("~~旧价~~新价", "旧价新价"),
    ("第一行\n\n第二行", "第一行。第二行"),
    ("<b>注意</b>&nbsp;安全", "注意 安全"),
    # product words and mixed text
    ("5G手机", "5G手机"),
    ("WiFi 6 路由器", "WiFi 六路由器"),
    ("IPTV和FTTR", "IPTV和FTTR"),
    ("4K机顶盒", "4K机顶盒"),
    ("MP3和H.265", "MP3和H.265"),
    ("您的 WiFi 密码是什么", "您的 WiFi 密码是什么"),
    ("是/否", "是或否"),
    ("您的 VIP 套餐 58元，含 20GB", "您的 VIP 套餐五十八元，含二十G"),
]

ENGLISH = [
    ("Call 13800138000.", "Call one three eight, zero zero one three, eight zero zero zero."),
    ("Call 138-0013-8000 now", "Call one three eight, zero zero one three, eight zero zero zero now"),
    ("+1 555 123 4567", "plus one, five five five, one two three, four five six seven"),
    ("(555) 123-4567", "(five five five), one two three, four five six seven"),
    ("1-800-555-0199", "one, eight zero zero, five five five, zero one nine nine"),
    ("call 10099 from any phone", "call one zero zero nine nine from any phone"),
    ("Dial 110", "Dial one one zero"),
    ("all 11 digits", "all eleven digits"),
    ("Your code is 381205.", "Your code is three eight one, two zero five."),
    ("the line ending in 8011", "the line ending in eight zero one one"),
    ("ticket T-1234-ABCD.", "ticket T, one two three four, A B C D."),
    ("F-1234-5678", "F, one two three four, five six seven eight"),
    ("contract HT123456", "contract H T, one two three, four five six"),
    ("¥58.00", "fifty-eight yuan"),
    ("¥58.50", "fifty-eight point five yuan"),
    ("¥58.05 a month", "fifty-eight point zero five yuan a month"),
    ("It costs 10 yuan", "It costs ten yuan"),
    ("¥1", "one yuan"),
    ("CNY 1,234.00", "one thousand two hundred thirty-four yuan"),
    ("$3.50", "three dollars and fifty cents"),
    ("$1", "one dollar"),
    ("$1.01", "one dollar and one cent"),
    ("$0.99", "ninety-nine cents"),
    ("£2.50", "two pounds and fifty pence"),
    ("€20", "twenty euros"),
    ("-$5", "minus five dollars"),
    ("$5/month", "five dollars per month"),
    ("¥58–¥128", "fifty-eight yuan to one hundred twenty-eight yuan"),
    ("2026-09-01", "September first, twenty twenty-six"),
    ("2026/12/31", "December thirty-first, twenty twenty-six"),
    ("2005-03-22", "March twenty-second, two thousand five"),
    ("2026-09-01 14:30", "September first, twenty twenty-six, two thirty PM"),
    ("2026-09-01T09:05:00Z", "September first, twenty twenty-six, nine oh five AM"),
    ("September 1, 2026", "September first, twenty twenty-six"),
    ("on Sep 3", "on September third"),
    ("3 December", "the third of December"),
    ("in 2026", "in twenty twenty-six"),
    ("since 1999", "since nineteen ninety-nine"),
    ("14:30", "two thirty PM"),
    ("at 9:00", "at nine o'clock"),
    ("at 2:30 pm", "at two thirty PM"),
    ("at 10 am", "at ten AM"),
    ("09:05", "nine oh five AM"),
    ("12:00", "noon"),
    ("00:00", "midnight"),
    ("from 9am–6pm", "from nine AM to six PM"),
    ("2-3 pm", "two to three PM"),
    ("from 2020 to 2026.", "from twenty twenty to twenty twenty-six."),
    ("in 2000 homes", "in two thousand homes"),
    ("the 1990s", "the nineteen nineties"),
    ("11/25/2026", "November twenty-fifth, twenty twenty-six"),
    ("2026-11", "November twenty twenty-six"),
    ("9:00-18:00", "nine o'clock to six PM"),
    ("99.9%", "ninety-nine point nine percent"),
    ("10%-20%", "ten percent to twenty percent"),
    ("-5%", "minus five percent"),
    ("500 Mbps", "five hundred megabits per second"),
    ("1Gbps", "one gigabit per second"),
    ("20GB of data", "twenty gigabytes of data"),
    ("1 GB", "one gigabyte"),
    ("1.5 GB", "one point five gigabytes"),
    ("the 5 GHz band", "the five gigahertz band"),
    ("-70 dBm", "minus seventy dBm"),
    ("25°C", "twenty-five degrees Celsius"),
    ("20 ms", "twenty milliseconds"),
    ("24 hours", "twenty-four hours"),
    ("a 12-month contract", "a twelve-month contract"),
    ("3-5 days", "three to five days"),
    ("the 1st, the 22nd and the 103rd", "the first, the twenty-second and the one hundred third"),
    ("12,000", "twelve thousand"),
    ("1000000 people", "one million people"),
    ("3.14", "three point one four"),
    ("1/2", "one half"),
    ("3/4", "three quarters"),
    ("24/7", "twenty-four seven"),
    ("No. 5", "number five"),
    ("version 2.0.1", "version two point zero point one"),
    ("v2.1", "version two point one"),
    ("Room 502", "Room five zero two"),
    ("5+ years", "five plus years"),
    ("0800 123 456", "zero eight zero zero, one two three, four five six"),
    ("and/or", "and or"),
    ("192.168.1.1", "one nine two dot one six eight dot one dot one"),
    ("https://www.example.com/help", "example dot com"),
    ("Write to help@example.cn.", "Write to help at example dot C N."),
    ("li_ming-2@example.com", "li underscore ming dash two at example dot com"),
    ("See [the guide](https://example.com).", "See the guide."),
    ("**Important:** turn it _off_ first", "Important: turn it off first"),
    ("Steps:\n- Unplug it\n- Wait 30 seconds", "Steps: Unplug it. Wait thirty seconds"),
    ("1. Unplug it.\n2. Plug it in.", "one, Unplug it. two, Plug it in."),
    ("Done 🎉 thanks", "Done thanks"),
    ("Yes/no", "Yes or no"),
    ("Tom & Ann", "Tom and Ann"),
    ("5G and 4K and MP3", "5G and 4K and MP3"),
    ("WiFi 6 router", "WiFi six router"),
    ("SHA-256", "SHA-256"),
    ("您好 2 times", "您好 two times"),
    ("18 Mill Lane, Flat 5", "eighteen Mill Lane, Flat five"),
    ("0.5", "zero point five"),
]

PLAIN = [
    "您好，请问有什么可以帮您？",
    "好的，马上为您办理。",
    "他说：“可以。”",
    "Hello, how can I help you?",
    "It's a well-known, up-to-date (and free) service; isn't it?",
    "请打开 WiFi 设置。",
    "",
]


@pytest.mark.parametrize(("written", "said"), CHINESE)
def test_as_a_chinese_speaker_reads_it(written: str, said: str) -> None:
    assert spoken(written, "zh") == said


@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_as_an_english_speaker_reads_it(written: str, said: str) -> None:
    assert spoken(written, "en") == said


@pytest.mark.parametrize(
    ("written", "language"), [(w, "zh") for w, _ in CHINESE] + [(w, "en") for w, _ in ENGLISH]
)
def test_what_is_said_already_stays(written: str, language: str) -> None:
    once = spoken(written, language)
    assert spoken(once, language) == once


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_without_such_things_stays(text: str, language: str) -> None:
    assert spoken(text, language) == text


MARKS = re.compile(
    r"[*`#|~_\\<>\[\]\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\ud800-\udfff\ufe0f]|[\U0001f000-\U0001faff]"
)
PARTS = st.sampled_from([
    "**", "__", "`", "```\n", "# ", "- ", "1. ", "|", "|---|", "[a](http://b.example)", "![](x)", "~~", "\n", "<b>", "&amp;",
    "&#42;", "&lt;", "😀", "\u200d", "¥", "58.00", "2026-99-99", "25:61", "1/0", "0/0", "-", "13800138000", "T-1234", "%", "Mbps", " ",
    "99999999999999999999999", "。", "元", "a@b.co", "www.x.cn", "第", "\\*", "月", "日", "1,2,3", "..", ":", "+", "½", "²", "٣", "\ue000",
])  # fmt: skip


@given(st.lists(PARTS | st.text(max_size=6), max_size=24).map("".join), st.sampled_from(["zh", "en"]))
def test_nothing_is_too_odd_and_no_marks_are_left(text: str, language: str) -> None:
    said = spoken(text, language)
    assert not MARKS.search(said), said


@given(st.text("0123456789.-/:,+ 年月日元%$¥", max_size=20), st.sampled_from(["zh", "en"]))
def test_no_digit_is_left_among_digits_and_signs(text: str, language: str) -> None:
    assert not re.search(r"\d", spoken(text, language))


def test_a_language_that_is_not_known_is_read_as_english() -> None:
    assert spoken("5 days", "") == "five days"


@pytest.mark.parametrize(
    "part", ["1", "1-", "*", "[", "a.", "<", "1,111", " ", "_a", "|", "a@", "# ", "T-", "1:", "\n", "[a]("]
)
def test_a_text_of_one_thing_alone_takes_no_longer_than_another(part: str) -> None:
    text = part * (20_000 // len(part))
    for language in ("zh", "en"):
        assert not MARKS.search(spoken(text, language))
