import type { Locale } from "../shared/protocol";
import { colleagueWords } from "./colleaguewords";
import { contextWords } from "./contextwords";
import { helpWords } from "./helpwords";
import { insightWords } from "./insightwords";
import { listWords } from "./listwords";
import { noticeWords } from "./noticewords";
import { pageWords } from "./pagewords";
import { viewWords } from "./viewwords";
import { writingWords } from "./writingwords";

const zh = {
  title: "坐席工作台", signIn: "登录", username: "用户名", password: "密码", signOut: "退出登录",
  badLogin: "用户名或密码不正确，请核对后重试。", noService: "暂时连不上服务，请稍后重试。", tooMany: "尝试次数过多，请稍等片刻再登录。",
  ended: "登录已过期，请重新登录。",
  presence: "状态", available: "空闲", busy: "忙碌", away: "离开", language: "语言",
  mine: "我的", waiting: "未分配", all: "全部", lists: "会话列表",
  emptyMine: "您手上没有会话。把状态设为空闲，新的会话会派给您。", emptyMineReady: "您手上没有会话，新的会话会派给您。", emptyWaiting: "没有客户在等待。", emptyAll: "还没有会话。",
  goAvailable: "设为空闲", loading: "正在加载", retry: "重试", loadError: "没有加载成功：{message}", more: "加载更多",
  pick: "请从列表中选择一个会话。", unknown: "访客", waitFor: "已等待 {time}", you: "您", bot: "机器人", customer: "客户", agent: "坐席", system: "系统",
  mode_bot: "机器人接待", mode_waiting: "等待人工", mode_human: "人工接待", mode_closed: "已结束",
  offer: "新会话", moreOffers: "还有 {count} 个会话在等您接入", offerFor: "{name} 请求人工", accept: "接入", decline: "暂不接", secondsLeft: "剩余 {seconds} 秒",
  take: "接入此会话", takeHint: "客户正在等待，接入后即可回复。", botHint: "机器人正在接待，需要人工时会出现在“未分配”列表。", otherHint: "{name} 正在接待此会话。", closedHint: "会话已结束。",
  transcript: "对话记录", composer: "回复客户", placeholder: "输入回复，Enter 发送，Shift+Enter 换行", notePlaceholder: "内部备注，客户看不到；@ 加姓名可提醒同事", note: "内部备注", send: "发送", saveNote: "保存备注",
  close: "结束会话", closeAs: "处理结果", closeConfirm: "确认结束", cancel: "取消",
  waitingSend: "待发送", sending: "发送中", failed: "未能发送", again: "重新发送", drop: "删除", typing: "客户正在输入",
  lost: "连接已断开，正在重连。您输入的内容都会保留。", offline: "网络已断开。您输入的内容都会保留，恢复后自动同步。", connecting: "正在连接", refused: "服务拒绝了此网址的连接，请联系管理员检查来源设置。",
  context: "会话信息", story: "概况", customerTab: "客户", ticketTab: "工单",
  reason: "转人工原因", asked: "客户问了", answered: "已回答", tried: "已尝试", slots: "已收集的信息", sources: "来源", files: "文件", tickets: "工单",
  noSummary: "还没有概况。", name: "姓名", contact: "联系方式", channel: "渠道", lang: "语言", skill: "技能组", since: "最近活动", version: "版本 {version}",
  noTicket: "此会话没有工单。", newTicket: "新建工单", ticketType: "类型", create: "创建", opened: "登记", field_description: "问题描述", field_phone: "联系电话", field_service: "业务", field_since: "开始时间", field_address: "地址", field_topic: "投诉类型", field_wanted: "希望的处理",
  status: "状态", noteToCustomer: "给客户的说明（可选）", save: "保存", saved: "已保存", conflict: "工单刚被其他人更新，已为您载入最新内容，请再确认一次。", history: "处理记录", acted_ok: "系统操作已完成：{x}", acted_failed: "系统操作没有完成：{x}", acted_unknown: "系统操作结果不明，请核实：{x}", acted_undone: "已撤销之前的操作：{x}", acted_level: "自主级别 {level}", acted_released: "由 {name} 放行", fields: "工单信息",
  status_open: "已受理", status_in_progress: "处理中", status_waiting_customer: "等待客户", status_resolved: "已解决", status_closed: "已关闭",
  type_fault: "故障报修", type_complaint: "投诉",
  reason_asked: "客户要求人工", reason_failure: "机器人处理失败", reason_not_understood: "多次未能理解", reason_knowledge: "知识库没有答案", reason_complaint: "投诉", reason_limit: "信息收集未成功", reason_flow: "流程转人工", reason_action: "操作需要人工处理",
  ev_handoff_asked: "转人工：{x}", ev_handoff_offered: "已派给 {x}", ev_handoff_declined: "{x} 暂不接", ev_handoff_expired: "派单超时：{x}", ev_handoff_taken: "{x} 已接入", ev_handoff_returned: "已交还机器人", ev_handoff_cancelled: "客户取消排队",
  ev_transferred: "已转接：{x}", ev_ticket_opened: "已建工单 {x}", ev_ticket_updated: "工单更新：{x}", ev_closed: "会话结束", ev_reopened: "会话重新打开", ev_rated: "客户评分：{x}", ev_turn_failed: "机器人处理失败", ev_started: "会话开始",
  details: "系统记录：{count} 条", entries: "系统记录 {count}", optional: "{field}（可选）", comma: "、", lang_zh: "中文", lang_en: "英文", channel_webchat: "网页", channel_phone: "电话", channel_webhook: "外部系统",
  notice_taken: "这个会话已由其他坐席接入。", notice_error: "操作没有成功：{message}", keys: "J / K 切换会话，Enter 接入，Esc 暂不接", dismiss: "知道了", internal: "备注",
};

const en: Record<keyof typeof zh, string> = {
  title: "Service desk", signIn: "Sign in", username: "User name", password: "Password", signOut: "Sign out",
  badLogin: "The user name or password is not right. Check both and try again.", noService: "The service cannot be reached. Try again in a moment.", tooMany: "Too many attempts. Wait a moment, then try again.",
  ended: "Your sign-in has expired. Sign in again.",
  presence: "Presence", available: "Available", busy: "Busy", away: "Away", language: "Language",
  mine: "Mine", waiting: "Unassigned", all: "All", lists: "Conversations",
  emptyMine: "You have no conversations. Set yourself available and new ones are offered to you.", emptyMineReady: "You have no conversations. New ones are offered to you here.", emptyWaiting: "Nobody is waiting.", emptyAll: "There are no conversations yet.",
  goAvailable: "Set available", loading: "Loading", retry: "Try again", loadError: "This did not load: {message}", more: "Load more",
  pick: "Choose a conversation from the list.", unknown: "Visitor", waitFor: "waiting {time}", you: "You", bot: "Bot", customer: "Customer", agent: "Agent", system: "System",
  mode_bot: "With the bot", mode_waiting: "Waiting", mode_human: "With a person", mode_closed: "Closed",
  offer: "New conversation", moreOffers: "More offered to you: {count}", offerFor: "{name} asks for a person", accept: "Accept", decline: "Decline", secondsLeft: "{seconds} seconds left",
  take: "Take this conversation", takeHint: "The customer is waiting. Take it to answer.", botHint: "The bot is answering. It appears under Unassigned when a person is needed.", otherHint: "{name} is handling this.", closedHint: "This conversation is closed.",
  transcript: "Transcript", composer: "Reply to the customer", placeholder: "Write a reply. Enter sends, Shift+Enter breaks", notePlaceholder: "Internal note, never shown to the customer; @name tells a colleague", note: "Internal note", send: "Send", saveNote: "Save note",
  close: "Close", closeAs: "Outcome", closeConfirm: "Close conversation", cancel: "Cancel",
  waitingSend: "Waiting to send", sending: "Sending", failed: "Not sent", again: "Send again", drop: "Delete", typing: "The customer is typing",
  lost: "Connection lost, reconnecting. Everything you type is kept.", offline: "You are offline. Everything you type is kept and synced when the network is back.", connecting: "Connecting", refused: "The service refused a connection from this address. Ask an administrator to check the allowed origins.",
  context: "About this conversation", story: "Story", customerTab: "Customer", ticketTab: "Ticket",
  reason: "Why a person", asked: "Asked", answered: "Answered", tried: "Tried", slots: "Collected", sources: "Sources", files: "Files", tickets: "Tickets",
  noSummary: "There is no story yet.", name: "Name", contact: "Contact", channel: "Channel", lang: "Language", skill: "Skill", since: "Last activity", version: "version {version}",
  noTicket: "This conversation has no ticket.", newTicket: "New ticket", ticketType: "Type", create: "Create", opened: "Opened", field_description: "Description", field_phone: "Contact phone", field_service: "Service", field_since: "Since", field_address: "Address", field_topic: "Topic", field_wanted: "What would put it right",
  status: "Status", noteToCustomer: "Note to the customer (optional)", save: "Save", saved: "Saved", conflict: "Someone else just changed this ticket. The newest state is shown; please check and save again.", history: "History", acted_ok: "Done by the system: {x}", acted_failed: "Not carried out: {x}", acted_unknown: "Outcome not known, please check: {x}", acted_undone: "Earlier action reversed: {x}", acted_level: "autonomy level {level}", acted_released: "released by {name}", fields: "Details",
  status_open: "Open", status_in_progress: "In progress", status_waiting_customer: "Waiting for customer", status_resolved: "Resolved", status_closed: "Closed",
  type_fault: "Fault report", type_complaint: "Complaint",
  reason_asked: "Asked for a person", reason_failure: "The bot failed", reason_not_understood: "Not understood", reason_knowledge: "No answer in the knowledge base", reason_complaint: "Complaint", reason_limit: "Could not collect the details", reason_flow: "Handed over by the flow", reason_action: "An action needs a person",
  ev_handoff_asked: "Handed over: {x}", ev_handoff_offered: "Offered to {x}", ev_handoff_declined: "Declined by {x}", ev_handoff_expired: "Offer expired: {x}", ev_handoff_taken: "{x} joined", ev_handoff_returned: "Returned to the bot", ev_handoff_cancelled: "The customer left the line",
  ev_transferred: "Transferred: {x}", ev_ticket_opened: "Ticket {x} opened", ev_ticket_updated: "Ticket updated: {x}", ev_closed: "Closed", ev_reopened: "Reopened", ev_rated: "Rated {x} of 5", ev_turn_failed: "The bot failed", ev_started: "Started",
  details: "System entries: {count}", entries: "System entries {count}", optional: "{field} (optional)", comma: ", ", lang_zh: "Chinese", lang_en: "English", channel_webchat: "Web chat", channel_phone: "Phone", channel_webhook: "Other system",
  notice_taken: "Another agent has already taken this conversation.", notice_error: "That did not work: {message}", keys: "J / K move, Enter accepts, Esc declines", dismiss: "Dismiss", internal: "Note",
};

export type Word = keyof typeof zh | keyof typeof pageWords.zh | keyof typeof contextWords.zh | keyof typeof insightWords.zh | keyof typeof helpWords.zh | keyof typeof listWords.zh | keyof typeof noticeWords.zh | keyof typeof viewWords.zh | keyof typeof writingWords.zh | keyof typeof colleagueWords.zh;
export const words: Record<Locale, Record<Word, string>> = {
  zh: { ...zh, ...pageWords.zh, ...contextWords.zh, ...insightWords.zh, ...helpWords.zh, ...listWords.zh, ...noticeWords.zh, ...viewWords.zh, ...writingWords.zh, ...colleagueWords.zh },
  en: { ...en, ...pageWords.en, ...contextWords.en, ...insightWords.en, ...helpWords.en, ...listWords.en, ...noticeWords.en, ...viewWords.en, ...writingWords.en, ...colleagueWords.en },
};
export type Say = (word: Word | string, values?: Record<string, string | number>) => string;
