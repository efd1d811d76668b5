"""The words of a summary, in both languages."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from core.language import normalise

Words = Mapping[str, str]

_SMALL: Final = frozenset(
    normalise(words)
    for words in (
        "ok,okay,k,yes,yeah,yep,no,nope,sure,fine,right,correct,thanks,thank you,thx,ty,please,great,good,"
        "got it,hi,hello,hey,bye,goodbye,hello there,good morning,good afternoon,good evening,yes please,"
        "no thanks,好,好的,好吧,好滴,嗯,嗯嗯,哦,噢,行,可以,是,是的,对,对的,没错,不,不是,不用,不用了,不对,"
        "没有,没了,谢谢,谢谢您,多谢,感谢,你好,您好,在吗,有人吗,再见,拜拜,知道了,明白,明白了,收到,喂,辛苦了"
    ).split(",")
)
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")


def substantive(text: str) -> bool:
    """Whether a message says more than a nod, a greeting, thanks or a sign."""
    core = _EDGES.sub("", normalise(text))
    return bool(core) and core not in _SMALL


class Labels(msgspec.Struct, frozen=True):
    """The pack's words for its own ids, by language; an id without words is shown as it is.

    `values` has, for slots with choices, the title of each value.
    """

    slots: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, dict[str, str]]] = {}
    flows: dict[str, dict[str, str]] = {}
    tickets: dict[str, dict[str, str]] = {}
    statuses: dict[str, dict[str, dict[str, str]]] = {}


def said(words: Words | None, language: str, fallback: str) -> str:
    """The words in a language, else in any, else the fallback."""
    if not words:
        return fallback
    return words.get(language) or next(iter(words.values()), fallback)


REASONS: Final[Mapping[str, Words]] = {
    "asked": {"zh": "客户要求人工服务", "en": "the customer asked for a person"},
    "not_understood": {"zh": "机器人连续未能理解客户", "en": "the bot did not understand twice"},
    "failure": {"zh": "系统故障，机器人无法继续", "en": "the bot failed and could not go on"},
    "flow": {"zh": "业务流程要求人工处理", "en": "the service flow calls for a person"},
    "limit": {"zh": "客户多次未能给出所需信息", "en": "a question stayed unanswered too often"},
    "complaint": {"zh": "客户投诉", "en": "a complaint"},
    "stopped": {"zh": "主管暂停了机器人", "en": "a supervisor stopped the bot here"},
    "flow_stopped": {"zh": "该业务流程已暂停，由人工办理", "en": "the service flow is stopped, people serve instead"},
    "ticket_not_matched": {
        "zh": "未找到与客户信息相符的工单",
        "en": "no ticket matched what the customer gave",
    },
    "ticket_lookup_failed": {"zh": "工单查询失败", "en": "the ticket lookup failed"},
}

OUTCOMES: Final[Mapping[str, Words]] = {
    "running": {"zh": "进行中", "en": "under way"},
    "completed": {"zh": "已完成", "en": "completed"},
    "cancelled": {"zh": "客户取消", "en": "cancelled by the customer"},
    "handed_over": {"zh": "转人工时中断", "en": "stopped at the hand-over"},
    "restarted": {"zh": "重新开始", "en": "started again"},
    "failed": {"zh": "失败", "en": "failed"},
    "unknown": {"zh": "结果未知", "en": "result unknown"},
    "missed": {"zh": "资料中没有答案", "en": "no answer in the knowledge pages"},
}

CHANNELS: Final[Mapping[str, Words]] = {
    "webchat": {"zh": "网页聊天", "en": "web chat"},
    "phone": {"zh": "电话", "en": "phone"},
    "webhook": {"zh": "外部系统", "en": "another system"},
}

TEMPLATES: Final[Mapping[str, Words]] = {
    "head": {"zh": "{customer}（{channel}）：{reason}。", "en": "{customer} ({channel}): {reason}."},
    "customer": {"zh": "客户", "en": "Customer"},
    "asked": {"zh": "问过：{asked}", "en": "Asked: {asked}"},
    "asked_nothing": {"zh": "没有提出具体问题", "en": "Asked nothing in particular"},
    "tried": {"zh": "已尝试：{tried}", "en": "Tried: {tried}"},
    "known": {"zh": "已知：{slots}", "en": "Known: {slots}"},
    "tickets": {"zh": "工单：{tickets}", "en": "Tickets: {tickets}"},
    "sources": {"zh": "引用资料：{sources}", "en": "Sources: {sources}"},
    "files": {"zh": "文件：{files}", "en": "Files: {files}"},
    "nothing": {"zh": "没有其他记录。", "en": "Nothing else is on record."},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "quoted": {"zh": "“{words}”", "en": '"{words}"'},
    "pair": {"zh": "{label}：{value}", "en": "{label}: {value}"},
    "ticket": {"zh": "{ticket}（{type}，{status}）", "en": "{ticket} ({type}, {status})"},
    "ticket_merged": {"zh": "{ticket}（已并入 {into}）", "en": "{ticket} (merged into {into})"},
    "flow": {"zh": "{flow}（{outcome}）", "en": "{flow} ({outcome})"},
    "knowledge": {"zh": "知识查询", "en": "Knowledge search"},
    "between": {"zh": "；", "en": "; "},
    "end": {"zh": "。", "en": "."},
}


def template(name: str, language: str, **values: str) -> str:
    """A fixed phrase of a summary in a language, filled."""
    return said(TEMPLATES[name], language, "").format_map(values)
