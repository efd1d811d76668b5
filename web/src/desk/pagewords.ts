/** The words of the pages beside the conversations, and of the actions that wait for a click. */

const zh = {
  pages: "页面", navConversations: "会话", navApprovals: "待确认", navFlows: "流程", navLedger: "台账", waitingCount: "{count} 项待处理",
  forbidden: "您的角色没有查看此页面的权限，如有需要请联系管理员。", toConversations: "返回会话", offlinePage: "暂时连不上服务，恢复后会自动重试。",
  reload: "刷新", period: "时间范围", period_today: "今天", period_week: "近 7 天", period_month: "近 30 天", period_custom: "自定义", from: "从", to: "到",
  periodWrong: "结束日期早于开始日期，请调整。", showMonth: "查看近 30 天", semicolon: "；", stop: "。",

  approvals: "待确认的操作", emptyApprovals: "没有操作在等待确认。", decidedNow: "刚刚处理的", keysApprovals: "J / K 切换，Tab 到按钮后按 Enter",
  approve: "批准执行", reject: "不执行", undo: "撤销", undoSure: "撤销后，对方系统会恢复到操作之前。", undoConfirm: "确认撤销", actNote: "备注（可选，记入台账）", undoNote: "撤销原因（可选，记入台账）",
  actLabel: "{title}，{state}", level: "自主级别", level_1: "1 级 · 由人办理", level_2: "2 级 · 机器准备，人确认", level_3: "3 级 · 客户确认后由机器办理", level_4: "4 级 · 机器办理，人可撤销", level_5: "5 级 · 机器自主办理",
  rules: "已检查的规则", noRules: "无", actSince: "等待自", actAt: "时间", actErased: "内容已按要求删除。",
  actPrepared: "机器人准备了“{title}”，等待同事确认", actApproved: "{name} 已批准", actRejected: "{name} 决定不执行", actRule: "未通过规则：{rule}", actDone: "已办理", actFailed: "没有办成，对方系统没有改动：{error}", actUnknown: "结果不明，请在对方系统核实：{error}", actUndone: "{name} 已撤销", actUndoFailed: "撤销没有成功：{error}",
  act_waiting: "等待确认", act_rejected: "未执行", act_running: "正在办理", act_ok: "已办理", act_failed: "未办成", act_unknown: "结果不明", act_refused: "被规则拦下", act_undoing: "正在撤销", act_undone: "已撤销", act_erased: "已删除",
  refused_decided: "同事已经处理过这一项。", refused_erased: "相关内容已删除，没有需要确认的操作了。", refused_not_found: "这一项已经不在了，可能已经处理或撤销。", refused_other: "操作没有成功，请重试。",

  noFlows: "业务包里还没有流程。", emptyFlows: "这段时间没有会话进入任何流程。", entered: "进入", finished: "完成", left: "中途离开", underWay: "进行中",
  finishedCount: "完成 {count}", leftCount: "离开 {count}", drawing: "{name}：流程图", stepsOf: "{name}：各步骤的数据",
  flowTold: "{entered} 个会话进入，{finished} 个完成，{left} 个中途离开，{open} 个进行中。", leftAt: "{count} 个在“{step}”离开",
  step: "步骤", reached: "到达", leftHere: "在此离开", byMachine: "机器办理", byPeople: "人批准", machineShare: "机器占比",

  filters: "筛选", conversation: "会话编号", contactId: "客户编号", action: "操作", anyAction: "全部", clearFilters: "清除筛选",
  emptyFiltered: "没有符合条件的记录。", emptyLedger: "这段时间没有记录。", entriesOf: "台账记录", entryOpen: "展开记录 {position}",
  time: "时间", who: "谁", what: "做了什么", interface: "接口", confirmer: "确认人", outcome: "结果", rule: "规则",
  outcome_ok: "成功", outcome_failed: "失败", outcome_unknown: "不明", outcome_approved: "批准", outcome_rejected: "不执行", outcome_completed: "完成", outcome_cancelled: "取消", outcome_handed_over: "转人工", outcome_restarted: "重新开始",
  basis: "内容与依据", proof: "证明", holds: "与封存时一致", holdsNot: "与封存时不一致，请运行校验命令", pendingProof: "尚未封存，几秒后即有", digest: "摘要", block: "区块", previousHash: "前一区块", blockHash: "区块哈希", place: "位置",
  openConversation: "查看会话", onlyConversation: "只看此会话", verifyHint: "离线校验整条链：在服务器上运行",
  basis_arguments: "参数", basis_result: "返回", basis_note: "备注", basis_text: "内容", basis_call: "调用", basis_passages: "引用段落", basis_citations: "来源", basis_rules: "规则", basis_model: "模型", basis_engine: "引擎", basis_flow: "流程", basis_step: "步骤", basis_in_reply_to: "回复的消息", basis_name: "名称", basis_interface: "接口", basis_level: "自主级别", basis_confirmer: "确认人", basis_undo: "撤销操作", basis_undoes: "撤销的调用", basis_outcome: "结果", basis_error: "错误", basis_milliseconds: "毫秒", basis_approved: "是否批准", basis_agent: "坐席", basis_rule: "规则", basis_language: "语言", basis_intent: "意图", basis_confidence: "把握", basis_ranking: "候选意图", basis_message: "消息", basis_entities: "识别内容", basis_question: "问题", basis_response: "话术", basis_pack: "业务包版本", basis_value: "值", basis_ticket: "工单", basis_status: "状态", basis_reason: "原因",
  kind_started: "会话开始", kind_customer_said: "客户说", kind_understood: "理解消息", kind_flow_started: "开始流程", kind_flow_moved: "流程推进", kind_flow_ended: "流程结束", kind_slot_filled: "记下信息", kind_slot_cleared: "清除信息", kind_verified: "核实身份", kind_language_changed: "切换语言",
  kind_action_called: "调用", kind_action_refused: "拦下", kind_action_proposed: "提请确认", kind_action_decided: "确认", kind_action_returned: "返回", kind_knowledge_used: "引用知识", kind_knowledge_missed: "知识缺失", kind_bot_said: "机器人说", kind_answer_stopped: "回答被拦下",
  kind_delivered: "已送达", kind_seen: "已读", kind_heard: "已听", kind_turn_failed: "处理失败", kind_ticket_opened: "建工单", kind_ticket_updated: "更新工单", kind_handoff_asked: "请求人工", kind_handoff_offered: "派给坐席", kind_handoff_declined: "坐席暂不接", kind_handoff_expired: "派单超时",
  kind_handoff_taken: "坐席接入", kind_handoff_returned: "交还机器人", kind_handoff_cancelled: "客户取消排队", kind_transferred: "转接", kind_agent_said: "坐席说", kind_agent_noted: "内部备注", kind_alerted: "预警", kind_rated: "评分", kind_contact_linked: "关联客户", kind_closed: "会话结束", kind_reopened: "重新打开", kind_scored: "质检评分", kind_erased: "删除内容", kind_ticket_acted: "为工单办理", kind_allowance_taken: "占用额度", kind_allowance_returned: "退回额度", kind_hook_called: "外部系统通知", kind_start_asked: "安排开始流程", kind_start_left: "没有开始流程", kind_unknown: "未知类型",
};

const en: Record<keyof typeof zh, string> = {
  pages: "Pages", navConversations: "Chats", navApprovals: "Approve", navFlows: "Flows", navLedger: "Ledger", waitingCount: "{count} waiting",
  forbidden: "Your role may not see this page. Ask an administrator if you need it.", toConversations: "Back to conversations", offlinePage: "The service cannot be reached. This is tried again when it is back.",
  reload: "Reload", period: "Period", period_today: "Today", period_week: "7 days", period_month: "30 days", period_custom: "Custom", from: "From", to: "To",
  periodWrong: "The end is before the beginning. Please change one of them.", showMonth: "Show 30 days", semicolon: "; ", stop: ".",

  approvals: "Waiting for a click", emptyApprovals: "Nothing waits for a click.", decidedNow: "Just decided", keysApprovals: "J / K move, Tab to a button, Enter presses it",
  approve: "Approve", reject: "Reject", undo: "Undo", undoSure: "The other system goes back to how it was before.", undoConfirm: "Undo it", actNote: "Note (optional, kept in the ledger)", undoNote: "Why it is undone (optional, kept in the ledger)",
  actLabel: "{title}, {state}", level: "Autonomy", level_1: "Level 1 · a person does it", level_2: "Level 2 · the machine prepares, a person clicks", level_3: "Level 3 · the machine, after the customer's yes", level_4: "Level 4 · the machine, and a person can undo", level_5: "Level 5 · the machine alone",
  rules: "Rules looked at", noRules: "none", actSince: "Waiting since", actAt: "Time", actErased: "The details were erased.",
  actPrepared: "The bot prepared “{title}”, which waits for a colleague", actApproved: "Approved by {name}", actRejected: "Rejected by {name}", actRule: "Stopped by the rule {rule}", actDone: "Done", actFailed: "Not done, and nothing was changed there: {error}", actUnknown: "Nobody knows whether it was done. Please check in the other system: {error}", actUndone: "Undone by {name}", actUndoFailed: "Undoing it failed: {error}",
  act_waiting: "Waiting for a click", act_rejected: "Rejected", act_running: "Under way", act_ok: "Done", act_failed: "Failed", act_unknown: "Outcome unknown", act_refused: "Stopped by a rule", act_undoing: "Being undone", act_undone: "Undone", act_erased: "Erased",
  refused_decided: "A colleague has decided this already.", refused_erased: "This was erased, so there is nothing left to decide.", refused_not_found: "This is not there any more. It may have been decided or undone.", refused_other: "That did not work. Please try again.",

  noFlows: "The pack has no flows yet.", emptyFlows: "No conversation entered a flow in this period.", entered: "Entered", finished: "Finished", left: "Left", underWay: "Under way",
  finishedCount: "{count} finished", leftCount: "{count} left", drawing: "Drawing of {name}", stepsOf: "The steps of {name} in numbers",
  flowTold: "{entered} entered, {finished} finished, {left} left on the way, {open} still under way.", leftAt: "{count} left at “{step}”",
  step: "Step", reached: "Reached", leftHere: "Left here", byMachine: "By the machine", byPeople: "By people", machineShare: "Machine share",

  filters: "Filters", conversation: "Conversation", contactId: "Contact", action: "Action", anyAction: "All", clearFilters: "Clear filters",
  emptyFiltered: "No entry fits these filters.", emptyLedger: "Nothing was entered in this period.", entriesOf: "Entries of the ledger", entryOpen: "Show entry {position}",
  time: "Time", who: "Who", what: "What", interface: "Interface", confirmer: "Confirmed by", outcome: "Outcome", rule: "Rule",
  outcome_ok: "Done", outcome_failed: "Failed", outcome_unknown: "Unknown", outcome_approved: "Approved", outcome_rejected: "Rejected", outcome_completed: "Completed", outcome_cancelled: "Cancelled", outcome_handed_over: "Handed over", outcome_restarted: "Started again",
  basis: "What, and on what basis", proof: "Proof", holds: "As it was sealed", holdsNot: "Not as it was sealed. Run the check", pendingProof: "Not sealed yet; it will be within seconds", digest: "Digest", block: "Block", previousHash: "Previous block", blockHash: "Block's hash", place: "Place",
  openConversation: "Open conversation", onlyConversation: "Only this conversation", verifyHint: "To check the whole chain offline, run on the server:",
  basis_arguments: "Arguments", basis_result: "Result", basis_note: "Note", basis_text: "Words", basis_call: "Call", basis_passages: "Passages", basis_citations: "Sources", basis_rules: "Rules", basis_model: "Model", basis_engine: "Engine", basis_flow: "Flow", basis_step: "Step", basis_in_reply_to: "In reply to", basis_name: "Name", basis_interface: "Interface", basis_level: "Autonomy", basis_confirmer: "Confirmed by", basis_undo: "Taken back by", basis_undoes: "Takes back", basis_outcome: "Outcome", basis_error: "Error", basis_milliseconds: "Milliseconds", basis_approved: "Approved", basis_agent: "Agent", basis_rule: "Rule", basis_language: "Language", basis_intent: "Intent", basis_confidence: "Confidence", basis_ranking: "Ranking", basis_message: "Message", basis_entities: "Recognised", basis_question: "Question", basis_response: "Response", basis_pack: "Pack version", basis_value: "Value", basis_ticket: "Ticket", basis_status: "Status", basis_reason: "Reason",
  kind_started: "Conversation started", kind_customer_said: "Customer said", kind_understood: "Read a message", kind_flow_started: "Flow started", kind_flow_moved: "Flow moved", kind_flow_ended: "Flow ended", kind_slot_filled: "Noted a detail", kind_slot_cleared: "Cleared a detail", kind_verified: "Checked identity", kind_language_changed: "Changed language",
  kind_action_called: "Called", kind_action_refused: "Refused", kind_action_proposed: "Proposed", kind_action_decided: "Decided", kind_action_returned: "Returned", kind_knowledge_used: "Used knowledge", kind_knowledge_missed: "Knowledge missing", kind_bot_said: "Bot said", kind_answer_stopped: "Answer stopped",
  kind_delivered: "Delivered", kind_seen: "Seen", kind_heard: "Heard", kind_turn_failed: "Turn failed", kind_ticket_opened: "Ticket opened", kind_ticket_updated: "Ticket updated", kind_handoff_asked: "Asked for a person", kind_handoff_offered: "Offered", kind_handoff_declined: "Declined", kind_handoff_expired: "Offer expired",
  kind_handoff_taken: "Taken", kind_handoff_returned: "Returned to the bot", kind_handoff_cancelled: "Left the line", kind_transferred: "Transferred", kind_agent_said: "Agent said", kind_agent_noted: "Internal note", kind_alerted: "Alert", kind_rated: "Rated", kind_contact_linked: "Contact linked", kind_closed: "Closed", kind_reopened: "Reopened", kind_scored: "Scored", kind_erased: "Erased", kind_ticket_acted: "Acted for a ticket", kind_allowance_taken: "Allowance taken", kind_allowance_returned: "Allowance returned", kind_hook_called: "Called by another system", kind_start_asked: "Asked a flow to start", kind_start_left: "Left a flow unstarted", kind_unknown: "Unknown kind",
};

export const pageWords = { zh, en };
