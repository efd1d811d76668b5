/** The words of working together: who looks and writes, asking one another, and what comes after a conversation. */

const zh = {
  alsoLooking: "{name} 也在查看", replying: "{name} 正在回复客户", alsoReplying: "{name} 也在回复这位客户，请先商量好由谁发送。", noting: "{name} 正在写备注",
  colleagueCount: "{count} 位同事", colleagueNone: "没有匹配的同事",
  ask: "问同事", askTitle: "问一问同事", askWhat: "问题", askSend: "发送问题", onlyColleagues: "只有同事能看到，客户看不到。", questions: "内部问答", askedOf: "{by} 问 {whom}：", noAnswer: "等待回答", answersCount: "{count} 条回复",
  answerTo: "回复 {name} 的问题", answerHere: "在这里回复，Enter 发送，客户看不到", answerSend: "回复", internalQuestion: "内部提问", internalAnswer: "内部回答", questionBy: "{name} 请您帮忙看一个问题", answerBy: "{name} 回答了您的问题",
  wrapUp: "话后处理", wrapHow: "处理结果", wrapNote: "备注（可选，客户看不到）", wrapFinish: "完成", wrapLeft: "还剩 {time}", wrapOver: "时间已到", wrapHint: "完成之前，这个名额不会派新会话。", wrapLate: "已恢复派单，处理结果仍可补填。",
  closeSure: "结束这个会话？", closeThen: "结束后有 {seconds} 秒填写处理结果，期间这个名额不派新会话。", ev_wrapped_up: "处理结果：{x}", notNamed: "未填写（时间已到）", kind_wrapped_up: "话后处理", dispositions: "处理结果", share: "占比", count: "会话数", emptyDispositions: "这段时间没有坐席接待后结束的会话。",
};

const en: Record<keyof typeof zh, string> = {
  alsoLooking: "Also looking: {name}", replying: "Writing to the customer: {name}", alsoReplying: "Also writing to this customer: {name}. Agree first who sends.", noting: "Writing a note: {name}",
  colleagueCount: "Colleagues: {count}", colleagueNone: "No colleague fits",
  ask: "Ask a colleague", askTitle: "Ask a colleague", askWhat: "Your question", askSend: "Send question", onlyColleagues: "Only colleagues see this. The customer does not.", questions: "Among colleagues", askedOf: "{by} asked {whom}:", noAnswer: "no answer yet", answersCount: "Replies: {count}",
  answerTo: "Reply to the question of {name}", answerHere: "Reply here, Enter sends; the customer does not see it", answerSend: "Reply", internalQuestion: "Internal question", internalAnswer: "Internal answer", questionBy: "{name} asks you something", answerBy: "{name} answered you",
  wrapUp: "Wrap-up", wrapHow: "How did it end?", wrapNote: "Note (optional, the customer does not see it)", wrapFinish: "Finish", wrapLeft: "{time} left", wrapOver: "Time is up", wrapHint: "Until you finish, no new conversation takes this place.", wrapLate: "You are offered conversations again. You can still say how this one ended.",
  closeSure: "End this conversation?", closeThen: "You then have {seconds} seconds to say how it ended; until then no new conversation takes this place.", ev_wrapped_up: "Ended as: {x}", notNamed: "not named, time was up", kind_wrapped_up: "Wrapped up", dispositions: "How conversations ended", share: "Share", count: "Conversations", emptyDispositions: "No conversation that a person served ended in this period.",
};

export const colleagueWords = { zh, en };
