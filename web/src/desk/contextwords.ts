/** The words of what stands beside a conversation: reasons, the story, the customer, tickets. */

const zh = {
  whyTurn: "依据", whyOf: "这一轮回答的依据", whyUnderstood: "理解为", whyNothing: "没有听懂", whyCandidates: "前三个候选", whyFlow: "流程与步骤", whySlots: "记下的信息", whyCleared: "已清除", whyPassages: "引用的资料", whyMissed: "没有足够可靠的资料：最高 {best}，需要 {threshold}",
  whyActions: "操作", whyStopped: "被规则拦下", whyModel: "模型", whyPack: "业务包", whyResponse: "话术", whyScore: "得分 {score}", whyLevel: "{level} 级", whyRules: "检查的规则：{rules}", whyRule: "规则：{rule}",
  whyBegan: "起因", began_ticket: "工单有进展", began_webhook: "外部系统通知", began_timer: "到了预定时间", whyFailure: "这一轮没有听懂客户", whyProposed: "等待同事确认", whyRefused: "被规则拦下", whyRunning: "正在办理",

  mood: "情绪", mood_pleased: "满意", mood_calm: "平和", mood_upset: "不满", mood_angry: "愤怒", moodCalm: "没有明显的情绪表达。",
  sign_word: "用词“{sign}”", sign_emoji: "表情 {sign}", sign_marks: "标点“{sign}”", sign_capitals: "全部大写",
  earlier: "以前的会话", earlierNone: "没有以前的会话。", earlierTickets: "其他工单", openThis: "查看",

  editFields: "修改信息", stopEdit: "取消修改", clashTitle: "同事刚刚改过以下内容，请选择保留哪一个，再保存。", theirs: "同事改为：{value}", mineIs: "您改为：{value}", keepMine: "保留我的", takeTheirs: "用同事的", emptyValue: "（空）", changedTo: "{field}：{before} → {after}", conflictMended: "同事刚刚也改过这张工单，已载入最新内容，您的修改都还在，请再保存一次。",
  linkTicket: "关联已有工单", linkHere: "关联到此会话", ticketNumber: "工单号", linkNumber: "工单号，如 F-7K2M-Q4XD", otherTicketsOf: "该客户的其他工单", mergeTicket: "合并到其他工单", mergeInto: "合并到", mergeSure: "{ticket} 将不再单独处理，进展都记在 {into} 上。以后可以撤销合并。", mergeConfirm: "确认合并", undoMerge: "撤销合并", undoMergeSure: "{ticket} 将恢复合并时的状态和信息，重新单独处理。合并以来记在 {into} 上的进展都留在那张工单上。", undoMergeStale: "没有撤销：同事可能已经撤销过，或者刚刚改过这张工单。请重新打开后核对。", mergedInto: "已合并到 {into}，请在那张工单上处理。", showOther: "查看 {ticket}",
  bondRefused: "没有成功：这张工单属于另一位客户，或者已经合并过。如果是同一个人，请先在“客户”里关联两位客户。", bondMissing: "没有这个工单号，请核对后重试。",
  hist_opened: "建立工单", hist_note: "给客户的说明", hist_linked: "转到会话 {x} 继续处理", hist_merged: "已合并到 {x}", hist_absorbed: "{x} 合并到这张工单", hist_parted: "合并已撤销，与 {x} 分开处理", hist_released: "{x} 的合并已撤销，改为单独处理", hist_erased: "内容已按要求删除",
  ev_ticket_linked: "工单在此关联：{x}", ev_ticket_merged: "工单合并：{x}", ev_ticket_parted: "撤销工单合并：{x}", kind_ticket_linked: "关联工单", kind_ticket_merged: "合并工单", kind_ticket_parted: "撤销工单合并",
  navTickets: "工单", ticketFilters: "筛选工单", anyType: "全部类型", anyStatus: "全部状态", findTicket: "打开", emptyTickets: "还没有工单。", emptyTicketsFiltered: "没有符合条件的工单。", updated: "更新", pickTicket: "请从列表中选择一张工单。", ofConversation: "查看所在会话", ticketRows: "工单列表", ticketMissing: "没有这张工单，请核对编号。",

  identity: "身份", signedIn: "网站已登录用户", visitor: "未登录的访客", proved: "已核实的账户", yesProved: "已核实", notProved: "尚未核实", pageSaid: "网页提供的信息",
  joins: "同一个人的其他客户编号", joinedBy: "{name} 于 {time} 关联", undoJoin: "取消关联", undoJoinSure: "取消后，两位客户的会话和工单恢复为各自分开，与关联之前完全一样。", maybeSame: "可能是同一个人", joinThem: "关联为同一人", joinSure: "关联后，两位客户的会话和工单会一起显示，机器人也会告知对方的工单进展。随时可以取消。", joinOther: "按客户编号关联",
  joinUnknown: "没有这位客户，请从对方的会话中复制客户编号。", joinStale: "没有成功：他们已经关联过，或者同事刚刚改过。已载入最新内容。",
  basis_join_account: "核实过同一个账户", basis_join_phone: "工单上的电话相同", basis_join_email: "网站提供的邮箱相同", basis_join_person: "由人判断",
  kind_contact_joined: "关联客户", kind_contact_parted: "取消关联客户",
};

const en: Record<keyof typeof zh, string> = {
  whyTurn: "Why", whyOf: "Why the bot answered this", whyUnderstood: "Understood as", whyNothing: "Not understood", whyCandidates: "Top three", whyFlow: "Flow and step", whySlots: "Noted", whyCleared: "cleared", whyPassages: "Passages", whyMissed: "No passage was good enough: best {best}, needed {threshold}",
  whyActions: "Actions", whyStopped: "Stopped by a rule", whyModel: "Model", whyPack: "Pack", whyResponse: "Response", whyScore: "score {score}", whyLevel: "level {level}", whyRules: "rules looked at: {rules}", whyRule: "rule: {rule}",
  whyBegan: "Begun by", began_ticket: "news of a ticket", began_webhook: "another system", began_timer: "a timer", whyFailure: "The customer was not understood", whyProposed: "waits for a colleague's click", whyRefused: "stopped by a rule", whyRunning: "under way",

  mood: "Mood", mood_pleased: "Pleased", mood_calm: "Calm", mood_upset: "Upset", mood_angry: "Angry", moodCalm: "Nothing said shows a strong feeling.",
  sign_word: "the word “{sign}”", sign_emoji: "the emoji {sign}", sign_marks: "the marks “{sign}”", sign_capitals: "all capitals",
  earlier: "Earlier conversations", earlierNone: "There are no earlier conversations.", earlierTickets: "Other tickets", openThis: "Open",

  editFields: "Edit details", stopEdit: "Stop editing", clashTitle: "A colleague has just changed these too. Choose which to keep, then save.", theirs: "Theirs: {value}", mineIs: "Yours: {value}", keepMine: "Keep mine", takeTheirs: "Take theirs", emptyValue: "(empty)", changedTo: "{field}: {before} → {after}", conflictMended: "A colleague changed this ticket just now. The newest state is shown with your changes still in place; please save again.",
  linkTicket: "Link a ticket", linkHere: "Link it here", ticketNumber: "Ticket number", linkNumber: "Number, such as F-7K2M-Q4XD", otherTicketsOf: "Other tickets of this customer", mergeTicket: "Merge into another", mergeInto: "Merge into", mergeSure: "{ticket} is given up and {into} goes on for both. You can undo this later.", mergeConfirm: "Merge", undoMerge: "Undo the merger", undoMergeSure: "{ticket} goes on by itself again, with the state and the details that it had. What was added to {into} since then stays there.", undoMergeStale: "Nothing was undone: a colleague may have done it already, or has just changed this ticket. Open it again to see.", mergedInto: "Merged into {into}. Work on that one.", showOther: "Show {ticket}",
  bondRefused: "That did not work: this ticket belongs to another customer, or has been merged already. If they are one person, join the two under “Customer” first.", bondMissing: "There is no ticket with this number. Check it and try again.",
  hist_opened: "Opened", hist_note: "Note to the customer", hist_linked: "Goes on in conversation {x}", hist_merged: "Merged into {x}", hist_absorbed: "{x} was merged into this one", hist_parted: "Merger undone: apart from {x} again", hist_released: "Merger undone: {x} goes on by itself", hist_erased: "The details were erased",
  ev_ticket_linked: "Ticket linked: {x}", ev_ticket_merged: "Tickets merged: {x}", ev_ticket_parted: "Merger undone: {x}", kind_ticket_linked: "Ticket linked", kind_ticket_merged: "Tickets merged", kind_ticket_parted: "Merger undone",
  navTickets: "Tickets", ticketFilters: "Filter tickets", anyType: "All types", anyStatus: "All states", findTicket: "Open", emptyTickets: "There are no tickets yet.", emptyTicketsFiltered: "No ticket fits these filters.", updated: "Updated", pickTicket: "Choose a ticket from the list.", ofConversation: "Open its conversation", ticketRows: "Tickets", ticketMissing: "There is no such ticket. Check the number.",

  identity: "Identity", signedIn: "Signed in on the site", visitor: "Visitor, not signed in", proved: "Proved account", yesProved: "Proved", notProved: "Not proved yet", pageSaid: "What the page says",
  joins: "Other contacts of this person", joinedBy: "Joined by {name}, {time}", undoJoin: "Undo the join", undoJoinSure: "Both contacts go back to exactly what they were, each with their own conversations and tickets.", maybeSame: "May be the same person", joinThem: "Join as one person", joinSure: "Their conversations and tickets are shown together, and the bot tells either how the other's tickets stand. You can undo this at any time.", joinOther: "Join by contact number",
  joinUnknown: "There is no such customer. Copy the contact from their conversation.", joinStale: "That did not work: they are joined already, or a colleague was faster. The newest state is shown.",
  basis_join_account: "proved the same account", basis_join_phone: "same phone on a ticket", basis_join_email: "same e-mail from the site", basis_join_person: "a person's decision",
  kind_contact_joined: "Contacts joined", kind_contact_parted: "Join undone",
};

export const contextWords = { zh, en };
