/** The words of the supervisor's pages and acts. */

const zh = {
  navInsights: "总览", navScores: "质检", insights: "运营总览", span_day: "近 24 小时", span_week: "近 7 天", span_month: "近 30 天", allLanguages: "全部语言", allChannels: "全部渠道", updatedAt: "{time} 更新",
  vsDay: "较前一天同期", vsWeek: "较上周同期", same: "持平", noBefore: "无对比", nothingYet: "暂无数据", formula: "计算方式", lineOf: "{name}：各时段走势", points: "个百分点", ofFive: "满分 5 分",
  sub_staffed: "在岗 {x}", sub_handled_by_bot: "机器人 {x}", sub_handled_by_people: "人工 {x}", sub_first_response_p95: "P95 {x}", sub_csat_good: "满意率 {x}", sub_arrivals: "进线 {x}",
  plot: "进线、等待与在岗", plotTold: "时段内进线 {arrivals} 个；等待最多时 {waiting} 个；在岗最多 {staffed} 人。", arrivals: "进线", waitingSeries: "等待", staffedSeries: "在岗",
  peopleNow: "人员", nobodyHere: "现在没有人在岗。", person: "姓名", stateNow: "状态", load: "在接 / 上限", inState: "已持续",
  liveNow: "正在进行", emptyLive: "现在没有排队或人工接待中的会话。", servedBy: "{name} 接待中", waitsNow: "排队中",
  alertsNow: "预警", emptyAlerts: "这段时间没有预警。", noQuote: "没有可引用的原话。", openEvidence: "查看会话", allAlerts: "更多预警",
  flowSwitches: "流程开关", noStopped: "所有流程都在正常服务。", stoppedBy: "{name} 于 {time} 暂停", stopFlow: "暂停流程", resumeFlow: "恢复", chooseFlow: "选择流程", stopFlowSure: "暂停“{name}”后，正在或将要进入该流程的客户都会转给人工。", stopConfirm: "确认暂停",
  listen: "旁听", listening: "您正在旁听，客户看不到您；旁听已记入台账。", takeOver: "接管", takeOverSure: "接管后由您接待，双方都会收到提示。", takeOverConfirm: "确认接管", stopBot: "暂停机器人", resumeBot: "恢复机器人", botStopped: "机器人已暂停", superviseFailed: "操作没有成功：{message}", supervise: "主管操作",
  notice_taken_over: "主管已接管这个会话，由其继续接待。", ev_taken_over: "{x} 接管了会话", ev_bot_stopped: "机器人已暂停：{x}", ev_bot_resumed: "机器人已恢复：{x}", reason_stopped: "主管暂停了机器人", reason_flow_stopped: "流程已暂停",
  kind_listened_in: "旁听", kind_taken_over: "接管会话", kind_bot_stopped: "暂停机器人", kind_bot_resumed: "恢复机器人", kind_flow_stopped: "暂停流程", kind_flow_resumed: "恢复流程",
  scores: "质检评分", emptyScores: "还没有已结束的会话。", score_bot: "机器人", score_person: "坐席", notScored: "未评分", closedAt: "结束于 {time}", findings: "检查项", check: "检查项", whoScored: "对象", weight: "权重", points100: "得分", why: "说明与原话", pickScore: "请在左侧选择一个会话。", scorecardOf: "{time} 的评分",
};

const en: Record<keyof typeof zh, string> = {
  navInsights: "Room", navScores: "Scores", insights: "Supervisor's room", span_day: "24 hours", span_week: "7 days", span_month: "30 days", allLanguages: "Any language", allChannels: "Any channel", updatedAt: "Updated {time}",
  vsDay: "vs a day ago", vsWeek: "vs a week ago", same: "No change", noBefore: "none", nothingYet: "No data yet", formula: "How it is counted", lineOf: "{name} over the period", points: "points", ofFive: "of 5",
  sub_staffed: "{x} on duty", sub_handled_by_bot: "Bot {x}", sub_handled_by_people: "People {x}", sub_first_response_p95: "P95 {x}", sub_csat_good: "Satisfied {x}", sub_arrivals: "{x} arrived",
  plot: "Arrivals, waiting, on duty", plotTold: "{arrivals} arrived in the period; at most {waiting} waited at once; at most {staffed} on duty.", arrivals: "Arrivals", waitingSeries: "Waiting", staffedSeries: "On duty",
  peopleNow: "People", nobodyHere: "Nobody is on duty now.", person: "Name", stateNow: "State", load: "Load", inState: "For",
  liveNow: "Under way", emptyLive: "Nobody waits and nobody is served by a person now.", servedBy: "with {name}", waitsNow: "waiting",
  alertsNow: "Alerts", emptyAlerts: "There were no alerts in this period.", noQuote: "There are no words to quote.", openEvidence: "Open the conversation", allAlerts: "More alerts",
  flowSwitches: "Flows on and off", noStopped: "Every flow is serving.", stoppedBy: "Stopped by {name}, {time}", stopFlow: "Stop a flow", resumeFlow: "Resume", chooseFlow: "Choose a flow", stopFlowSure: "While “{name}” is stopped, customers in it or about to enter it get a person.", stopConfirm: "Stop it",
  listen: "Listen in", listening: "You are listening in. The customer does not see you; the ledger notes it.", takeOver: "Take over", takeOverSure: "You will serve this customer from here on. Both sides are told.", takeOverConfirm: "Take over now", stopBot: "Stop the bot", resumeBot: "Resume the bot", botStopped: "Bot stopped", superviseFailed: "That did not work: {message}", supervise: "Supervisor's acts",
  notice_taken_over: "A supervisor has taken this conversation over.", ev_taken_over: "{x} took over", ev_bot_stopped: "Bot stopped: {x}", ev_bot_resumed: "Bot resumed: {x}", reason_stopped: "A supervisor stopped the bot", reason_flow_stopped: "The flow is stopped",
  kind_listened_in: "Listened in", kind_taken_over: "Took over", kind_bot_stopped: "Stopped the bot", kind_bot_resumed: "Resumed the bot", kind_flow_stopped: "Stopped a flow", kind_flow_resumed: "Resumed a flow",
  scores: "Scorecards", emptyScores: "No conversation has been closed yet.", score_bot: "Bot", score_person: "Person", notScored: "not scored", closedAt: "Closed {time}", findings: "Checks", check: "Check", whoScored: "Of", weight: "Weight", points100: "Score", why: "Why, and the words", pickScore: "Choose a conversation from the list.", scorecardOf: "Scorecard of {time}",
};

export const insightWords = { zh, en };
