import { full } from "../shared/locale";
import { personName, type LogEvent } from "../shared/protocol";
import { statusWord, type View } from "./parts";

/** The conversation as plain text, for the customer to keep. */
export function transcriptText(events: LogEvent[], view: View, now: Date): string {
  const { w, locale } = view;
  const lines = [w("transcriptTitle"), full(now.toISOString(), locale), ""];
  for (const event of events) {
    const words = line(event, view);
    if (words) lines.push(`[${full(event.at, locale)}] ${words}`);
    for (const citation of event.citations ?? []) lines.push(`    ${w("source")}: ${citation.title}${citation.version ? ` (${w("version", { version: citation.version })})` : ""}`);
    for (const file of event.files ?? []) lines.push(`    ${w("file")}: ${file.name}`);
  }
  return `${lines.join("\r\n")}\r\n`;
}

function line(event: LogEvent, { w, botName, ...view }: View): string {
  const name = personName(event.agent) || w("agent");
  switch (event.kind) {
    case "customer_said":
      return `${w("you")}: ${event.text ?? ""}`;
    case "bot_said":
      return `${botName}: ${event.text ?? ""}`;
    case "agent_said":
      return `${name}: ${event.text ?? ""}`;
    case "ticket_opened":
      return `${w("ticket")} ${event.ticket}`;
    case "ticket_updated":
      return w("ticketUpdated", { ticket: event.ticket ?? "", status: statusWord({ w, botName, ...view }, event.status) }) + (event.note ? `. ${event.note}` : "");
    case "handoff_taken":
      return w("joined", { name });
    case "closed":
      return w("closed");
    default:
      return "";
  }
}

/** Hands a text to the browser's downloads; nothing is sent anywhere. */
export function saveText(name: string, text: string): void {
  // The mark at the beginning lets office programs read Chinese.
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
