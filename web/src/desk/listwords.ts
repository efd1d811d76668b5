/** The words of finding work: search, commands, views, times and notices. */

const zh = {
  search: "搜索会话", searchHint: "搜索对话内容、姓名、工单号", searchNothing: "没有找到含“{query}”的会话。", searchClear: "清除搜索", searchFound: "找到 {count} 个会话", foundCount: "{count} 处", colon: "：",
  found_customer: "客户", found_bot: "机器人", found_agent: "坐席", found_note: "备注", found_name: "姓名", found_ticket: "工单", found_rating: "评价",
};

const en: Record<keyof typeof zh, string> = {
  search: "Search conversations", searchHint: "Search words, names, ticket numbers", searchNothing: "No conversation holds “{query}”.", searchClear: "Clear the search", searchFound: "Conversations found: {count}", foundCount: "{count} hits", colon: ": ",
  found_customer: "Customer", found_bot: "Bot", found_agent: "Agent", found_note: "Note", found_name: "Name", found_ticket: "Ticket", found_rating: "Rating",
};

export const listWords = { zh, en };
