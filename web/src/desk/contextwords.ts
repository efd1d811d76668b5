/** The words of what stands beside a conversation: reasons, the story, the customer, tickets. */

const zh = {
  why: "依据", whyOf: "这一轮回答的依据", whyUnderstood: "理解为", whyNothing: "没有听懂", whyCandidates: "前三个候选", whyFlow: "流程与步骤", whySlots: "记下的信息", whyCleared: "已清除", whyPassages: "引用的资料", whyMissed: "没有足够可靠的资料：最高 {best}，需要 {threshold}",
  whyActions: "操作", whyStopped: "被规则拦下", whyModel: "模型", whyPack: "业务包", whyResponse: "话术", whyScore: "得分 {score}", whyLevel: "{level} 级", whyRules: "检查的规则：{rules}", whyRule: "规则：{rule}",
  whyBegan: "起因", began_ticket: "工单有进展", began_webhook: "外部系统通知", began_timer: "到了预定时间", whyFailure: "这一轮没有听懂客户", whyProposed: "等待同事确认", whyRefused: "被规则拦下", whyRunning: "正在办理",

  mood: "情绪", mood_pleased: "满意", mood_calm: "平和", mood_upset: "不满", mood_angry: "愤怒", moodCalm: "没有明显的情绪表达。",
  sign_word: "用词“{sign}”", sign_emoji: "表情 {sign}", sign_marks: "标点“{sign}”", sign_capitals: "全部大写",
  earlier: "以前的会话", earlierNone: "没有以前的会话。", earlierTickets: "其他工单", openThis: "查看",
};

const en: Record<keyof typeof zh, string> = {
  why: "Why", whyOf: "Why the bot answered this", whyUnderstood: "Understood as", whyNothing: "Not understood", whyCandidates: "Top three", whyFlow: "Flow and step", whySlots: "Noted", whyCleared: "cleared", whyPassages: "Passages", whyMissed: "No passage was good enough: best {best}, needed {threshold}",
  whyActions: "Actions", whyStopped: "Stopped by a rule", whyModel: "Model", whyPack: "Pack", whyResponse: "Response", whyScore: "score {score}", whyLevel: "level {level}", whyRules: "rules looked at: {rules}", whyRule: "rule: {rule}",
  whyBegan: "Begun by", began_ticket: "news of a ticket", began_webhook: "another system", began_timer: "a timer", whyFailure: "The customer was not understood", whyProposed: "waits for a colleague's click", whyRefused: "stopped by a rule", whyRunning: "under way",

  mood: "Mood", mood_pleased: "Pleased", mood_calm: "Calm", mood_upset: "Upset", mood_angry: "Angry", moodCalm: "Nothing said shows a strong feeling.",
  sign_word: "the word “{sign}”", sign_emoji: "the emoji {sign}", sign_marks: "the marks “{sign}”", sign_capitals: "all capitals",
  earlier: "Earlier conversations", earlierNone: "There are no earlier conversations.", earlierTickets: "Other tickets", openThis: "Open",
};

export const contextWords = { zh, en };
