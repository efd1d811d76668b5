/** The words of what helps with writing. */

const zh = {
  navCanned: "快捷回复", cannedReplies: "快捷回复", cannedCount: "{count} 条快捷回复", cannedNone: "没有匹配的快捷回复", cannedKeys: "↑ ↓ 选择，Enter 插入，Esc 关闭",
  cannedNew: "新建", cannedEdit: "编辑", cannedOwn: "改写", cannedFromPack: "业务包自带", cannedEmpty: "这个语言还没有快捷回复，点“新建”写第一条。",
  cannedHint: "坐席在回复框输入 / 即可选用。业务包自带的可以改写，改写后以这里的为准，删除后恢复原样。", cannedVariables: "可用变量：{customer} 客户称呼，{agent} 坐席称呼，{ticket} 最近的工单号。",
  canned_shortcut: "快捷词", canned_title: "标题", canned_text: "内容", cannedRefused_invalid: "请检查：快捷词不能有空格，变量只能用上面列出的。", cannedRefused_exists: "这个快捷词已经有了，请换一个。",
  navMentions: "提到我", mentionBy: "{name} 提到了您", emptyMentions: "没有未看的提醒。同事在备注里写 @ 加您的名字，就会出现在这里。",
  transfer: "转接", transferTitle: "转接会话", transferPeople: "同事", transferSkills: "技能组", transferBot: "机器人", transferNobody: "现在没有其他同事在岗。", transferFree: "{count} 位空闲", transferNoneFree: "暂无空闲，将排队等候",
  transferBotHint: "交还机器人继续接待", transferNote: "给接手同事的说明（客户看不到）", transferSend: "转接", transferFull: "已满", transferLoad: "接待 {load}/{capacity}",
  transferRefused_invalid: "这位同事已经不在名单里了，会话仍在您手上，请另选一位。", passedBy: "{name} 转接给您", passedNoNote: "没有附说明",
  unfilled: "{variable} 还没有内容，请先补上再发送。", variable_customer: "客户称呼", variable_agent: "坐席称呼", variable_ticket: "工单号",
};

const en: Record<keyof typeof zh, string> = {
  navCanned: "Replies", cannedReplies: "Canned replies", cannedCount: "{count} canned replies", cannedNone: "No canned reply fits", cannedKeys: "↑ ↓ choose, Enter inserts, Esc closes",
  cannedNew: "New reply", cannedEdit: "Edit", cannedOwn: "Rewrite", cannedFromPack: "from the pack", cannedEmpty: "There are no replies in this language yet. Write the first one with New reply.",
  cannedHint: "Agents pick these by typing / in the composer. Those of the pack can be rewritten here; delete yours and the pack's is back.", cannedVariables: "Variables: {customer} the customer's name, {agent} the agent's name, {ticket} the newest ticket's number.",
  canned_shortcut: "Shortcut", canned_title: "Title", canned_text: "Reply", cannedRefused_invalid: "Please check: a shortcut has no spaces, and only the variables above can be used.", cannedRefused_exists: "This shortcut is taken. Choose another one.",
  navMentions: "Mentions", mentionBy: "{name} mentioned you", emptyMentions: "Nothing new. When a colleague writes @ and your name in a note, it appears here.",
  transfer: "Transfer", transferTitle: "Transfer this conversation", transferPeople: "Colleagues", transferSkills: "Skills", transferBot: "Bot", transferNobody: "No other colleague is on duty now.", transferFree: "{count} free", transferNoneFree: "nobody free, it waits in line",
  transferBotHint: "goes on with the customer", transferNote: "Note for who takes over (the customer does not see it)", transferSend: "Transfer", transferFull: "Full", transferLoad: "serving {load} of {capacity}",
  transferRefused_invalid: "This colleague is not there any more. The conversation is still yours; choose somebody else.", passedBy: "Passed on by {name}", passedNoNote: "without a note",
  unfilled: "Fill in {variable} before this is sent.", variable_customer: "the customer's name", variable_agent: "your name", variable_ticket: "the ticket number",
};

export const writingWords = { zh, en };
