"""The reasons of findings as sentences. The log keeps codes with figures; people read these."""

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "not_applicable": {"zh": "本次会话没有可检查的内容", "en": "There was nothing to look at"},
    "words_erased": {
        "zh": "会话内容已删除，无法检查",
        "en": "The words have been erased and cannot be judged",
    },
    "greeted": {"zh": "开场已问候", "en": "The opening greets"},
    "not_greeted": {"zh": "开场没有问候", "en": "The opening has no greeting"},
    "machine_not_named": {
        "zh": "开场没有说明是机器人",
        "en": "The opening does not say that it is a machine",
    },
    "person_given": {
        "zh": "{0} 次人工请求均及时转接",
        "en": "All requests for a person ({0}) were honoured in time",
    },
    "person_refused": {
        "zh": "{1} 次人工请求中有 {0} 次未及时转接",
        "en": "{0} of {1} requests for a person were late or not honoured",
    },
    "all_answered": {"zh": "{0} 条消息都有回应", "en": "All messages ({0}) were answered or passed on"},
    "unanswered": {
        "zh": "{1} 条消息中有 {0} 条没有得到答复",
        "en": "{0} of {1} messages were left without an answer",
    },
    "promise_kept": {"zh": "{0} 处承诺都有工单", "en": "Every promise ({0}) has its ticket"},
    "promise_without_ticket": {"zh": "{0} 处承诺没有登记工单", "en": "Promises without a ticket: {0}"},
    "personal_data_repeated": {
        "zh": "完整复述客户个人信息 {0} 处",
        "en": "The customer's personal data was repeated in full: {0}",
    },
    "personal_data_kept": {"zh": "没有完整复述客户的个人信息", "en": "No personal data was repeated in full"},
    "forbidden_words": {"zh": "使用了不得体的用语 {0} 处", "en": "Words that may not be used: {0}"},
    "words_fitting": {"zh": "用语得体", "en": "The words are fitting"},
    "understood": {"zh": "没有反复听不懂客户", "en": "No repeated misunderstanding"},
    "misunderstood_then_person": {
        "zh": "连续 {0} 次没听懂，随后转人工",
        "en": "Not understood {0} times in a row, then a person took over",
    },
    "misunderstood": {"zh": "连续 {0} 次没听懂客户", "en": "Not understood {0} times in a row"},
    "replied_in_time": {
        "zh": "{0} 次回复都及时，中位数 {1} 秒，最长 {2} 秒",
        "en": "All replies ({0}) were in time: median {1} s, longest {2} s",
    },
    "replied_late": {
        "zh": "{0} 次回复中有超时，中位数 {1} 秒，最长 {2} 秒",
        "en": "Some of {0} replies were late: median {1} s, longest {2} s",
    },
    "closed_kindly": {"zh": "结束时礼貌道别", "en": "The closing is kind"},
    "closed_curtly": {"zh": "结束时没有道别", "en": "The closing has no kind word"},
    "all_cited": {
        "zh": "{0} 个知识回答都注明出处",
        "en": "All answers from knowledge ({0}) name their source",
    },
    "not_cited": {
        "zh": "{1} 个知识回答中有 {0} 个没有出处",
        "en": "{0} of {1} answers from knowledge name no source",
    },
}


def explain(reason: str, language: str) -> str:
    """A finding's reason as a sentence; the code itself where this version does not know it."""
    code, *figures = reason.split(":")
    sentence = REASONS.get(code, {}).get(language)
    if sentence is None:
        return reason
    try:
        return sentence.format(*figures)
    except IndexError:
        return reason
