/** The words of working together: who looks and writes, asking one another, and what comes after a conversation. */

const zh = {
  alsoLooking: "{name} 也在查看", replying: "{name} 正在回复客户", alsoReplying: "{name} 也在回复这位客户，请先商量好由谁发送。", noting: "{name} 正在写备注",
};

const en: Record<keyof typeof zh, string> = {
  alsoLooking: "Also looking: {name}", replying: "Writing to the customer: {name}", alsoReplying: "Also writing to this customer: {name}. Agree first who sends.", noting: "Writing a note: {name}",
};

export const colleagueWords = { zh, en };
