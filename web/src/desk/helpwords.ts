/** Words of the help while talking. */
export const helpWords = {
  zh: {
    help: "回复建议", help_reply: "建议回复", help_knowledge: "相关知识", help_action: "下一步", help_internal: "仅内部查看", help_take: "采用", help_read: "查看原文", help_run: "立即办理", help_dismiss: "不合适",
    help_source: "来源：{title}，版本 {version}", help_why: "为什么不合适？", help_skip: "不说明", reason_wrong: "内容不对", reason_unfitting: "不符合这位客户的情况", reason_known: "客户已经知道", reason_other: "其他",
    help_waiting: "正在处理", help_refused: "没有办成：{message}", help_more: "展开", help_keys: "按 Alt+{number} 放入回复",
    warn: "发送前请留意", warn_anyway: "仍然发送", warn_back: "返回修改",
    warn_promise_without_ticket: "这里作了承诺，但本次会话还没有工单。建议先登记工单。", warn_personal_data: "这里有完整的个人信息。建议部分隐藏，或不发送。",
    warn_forbidden_words: "评分规则不允许这样的用语。建议换一种说法。", warn_forbidden_advice: "规则不允许给出这样的建议。建议换一种说法，或转给合适的同事。",
    kind_suggested: "回复建议", kind_suggestion_used: "采用建议", kind_suggestion_dismissed: "放弃建议",
    panel_title: "会话助手", panel_waiting: "正在等待所在页面的授权。", panel_empty: "客户发来新消息后，建议会出现在这里。", panel_over: "授权已过期，请在所在页面重新打开。",
    panel_refused: "所在页面没有权限使用会话助手，请联系管理员检查来源设置。", panel_lost: "连接已断开，正在重连。", panel_copied: "已交给所在页面。",
  },
  en: {
    help: "Suggestions", help_reply: "Reply", help_knowledge: "Knowledge", help_action: "Next step", help_internal: "For agents only", help_take: "Use", help_read: "Read the passage", help_run: "Do it now", help_dismiss: "Not useful",
    help_source: "Source: {title}, version {version}", help_why: "Why is it not useful?", help_skip: "No reason", reason_wrong: "It is wrong", reason_unfitting: "It does not fit this customer", reason_known: "The customer knows it already", reason_other: "Something else",
    help_waiting: "Working on it", help_refused: "That was not done: {message}", help_more: "Show all", help_keys: "Alt+{number} puts it into the reply",
    warn: "Before you send this", warn_anyway: "Send anyway", warn_back: "Change it",
    warn_promise_without_ticket: "This promises something, and there is no ticket yet. Open one first.", warn_personal_data: "This spells out personal data. Hide part of it, or leave it out.",
    warn_forbidden_words: "The scorecard marks these words down. Say it in another way.", warn_forbidden_advice: "A rule forbids this advice. Put it differently, or pass it to the right colleague.",
    kind_suggested: "Suggested", kind_suggestion_used: "Suggestion used", kind_suggestion_dismissed: "Suggestion dismissed",
    panel_title: "Conversation help", panel_waiting: "Waiting for the page around this panel to let it in.", panel_empty: "Suggestions appear here after the customer's next message.", panel_over: "This panel's access has ended. Open it again from the page around it.",
    panel_refused: "The page around this panel may not use it. Ask your administrator to check the allowed origins.", panel_lost: "Connection lost, reconnecting.", panel_copied: "Given to the page around this panel.",
  },
} as const;
