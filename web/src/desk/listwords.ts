/** The words of finding work: search, commands, views, times and notices. */

const zh = {
  search: "搜索会话", searchHint: "搜索对话内容、姓名、工单号", searchNothing: "没有找到含“{query}”的会话。", searchClear: "清除搜索", searchFound: "找到 {count} 个会话", foundCount: "{count} 处", colon: "：",
  found_customer: "客户", found_bot: "机器人", found_agent: "坐席", found_note: "备注", found_name: "姓名", found_ticket: "工单", found_rating: "评价",
  palette: "命令", paletteHint: "输入命令、姓名或要搜索的内容", paletteNothing: "没有匹配的命令。", searchFor: "搜索“{query}”", commandGo: "前往", listOf: "列表：{name}", look: "外观",
  look_auto: "主题：跟随系统", look_light: "主题：浅色", look_dark: "主题：深色", look_roomy: "间距：宽松", look_dense: "间距：紧凑",
  unread: "未读", slaFirst: "{time}内首次回复", slaNext: "{time}内回复", slaOver: "已超时 {time}",
  shortcuts: "快捷键", closeHelp: "关闭", keyMove: "切换到下一个、上一个会话", keyAccept: "接入派来的会话", keyDecline: "暂不接", keyReply: "写回复", keySearch: "搜索会话", keyPalette: "打开命令", keyHelp: "显示快捷键",
};

const en: Record<keyof typeof zh, string> = {
  search: "Search conversations", searchHint: "Search words, names, ticket numbers", searchNothing: "No conversation holds “{query}”.", searchClear: "Clear the search", searchFound: "Conversations found: {count}", foundCount: "{count} hits", colon: ": ",
  found_customer: "Customer", found_bot: "Bot", found_agent: "Agent", found_note: "Note", found_name: "Name", found_ticket: "Ticket", found_rating: "Rating",
  palette: "Commands", paletteHint: "Type a command, a name, or words to search for", paletteNothing: "No command fits.", searchFor: "Search for “{query}”", commandGo: "Go to", listOf: "List: {name}", look: "Appearance",
  look_auto: "Theme: as the device", look_light: "Theme: light", look_dark: "Theme: dark", look_roomy: "Spacing: roomy", look_dense: "Spacing: dense",
  unread: "Unread", slaFirst: "{time} to first answer", slaNext: "{time} to answer", slaOver: "overdue by {time}",
  shortcuts: "Keyboard shortcuts", closeHelp: "Close", keyMove: "Next and previous conversation", keyAccept: "Accept the offer", keyDecline: "Decline the offer", keyReply: "Write a reply", keySearch: "Search conversations", keyPalette: "Open commands", keyHelp: "Show the shortcuts",
};

export const listWords = { zh, en };
