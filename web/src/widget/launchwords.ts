import type { Locale } from "../shared/protocol";

const zh = {
  launcher: "打开在线客服",
  unread: "有 {count} 条新消息",
  dismiss: "关闭问候",
};

const en: Record<keyof typeof zh, string> = {
  launcher: "Open chat",
  unread: "{count} new messages",
  dismiss: "Close greeting",
};

/** The words that are needed before the panel is there. */
export const launchWords: Record<Locale, Record<keyof typeof zh, string>> = { zh, en };
