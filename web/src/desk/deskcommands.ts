import type { Locale, PresenceState } from "../shared/protocol";
import type { Command } from "./commands";
import { nameOf } from "./list";
import { DENSITIES, THEMES, type Look } from "./look";
import type { Notices } from "./notices";
import { pagesOf } from "./pages";
import type { DeskStore, Tab } from "./store";
import type { Say } from "./words";

/** What the commands need of the desk around them. */
export interface DeskActs {
  store: DeskStore;
  say: Say;
  look: Look;
  go: (page: string) => void;
  /** Opens a conversation on its page. */
  open: (conversation: string) => void;
  search: (text: string) => void;
  reply: () => void;
  help: () => void;
  /** Opens the filter of the list. */
  filter: () => void;
  notices: Notices;
  /** Opens the choice of notices. */
  noticeBox: () => void;
  speak: (locale: Locale) => void;
  changed: () => void;
}

const STATES: readonly PresenceState[] = ["available", "busy", "away"];
const TABS: readonly Tab[] = ["mine", "waiting", "all"];

/** What is on offer, conversations by name, everything that can be switched; last a search for what was typed. */
export function deskCommands(acts: DeskActs, typed: string): Command[] {
  return [...offered(acts), ...conversations(acts, typed), ...places(acts), ...states(acts), ...looks(acts), ...searching(acts, typed)];
}

function offered({ store, say }: DeskActs): Command[] {
  const offer = store.offers[0];
  if (!offer) return [];
  const name = nameOf(store.row(offer.conversation), say);
  return [
    { id: "accept", group: say("offer"), label: `${say("accept")} ${name}`, hint: "Enter", run: () => store.accept(offer.conversation) },
    { id: "decline", group: say("offer"), label: `${say("decline")} ${name}`, hint: "Esc", run: () => store.decline(offer.conversation) },
  ];
}

function conversations({ store, say, open }: DeskActs, typed: string): Command[] {
  const group = say("navConversations");
  const ids = [...new Set([...store.mine, ...store.queue, ...(typed ? store.rows.keys() : [])])];
  const named = ids.map((id) => {
    const row = store.row(id);
    return { id: `open-${id}`, group, label: nameOf(row, say), also: `${row.ticket ?? ""} ${row.last_text ?? ""} ${id}`, hint: row.mode ? say(`mode_${row.mode}`) : "", run: () => open(id) };
  });
  return named.slice(0, typed ? named.length : 5);
}

function searching({ say, search }: DeskActs, typed: string): Command[] {
  return typed ? [{ id: "search", group: say("search"), label: say("searchFor", { query: typed }), run: () => search(typed) }] : [];
}

function places({ store, say, go, reply, search, help, filter }: DeskActs): Command[] {
  const group = say("commandGo");
  return [
    ...pagesOf(store.role ?? "agent").map(({ id, word }) => ({ id: `page-${id}`, group, label: say(word), run: () => go(id) })),
    ...viewCommands(store, say, go, filter),
    ...TABS.map((tab) => ({ id: `tab-${tab}`, group, label: say("listOf", { name: say(tab) }), run: () => (go("conversations"), store.search.ask(""), store.showTab(tab)) })),
    { id: "reply", group, label: say("keyReply"), hint: "R", run: reply },
    { id: "find", group, label: say("search"), hint: "S", run: () => search("") },
    { id: "help", group, label: say("shortcuts"), hint: "?", run: help },
  ];
}

function viewCommands({ views, search }: DeskStore, say: Say, go: (page: string) => void, filter: () => void): Command[] {
  const group = say("views");
  const show = (id: string): void => (go("conversations"), search.ask(""), views.choose(id));
  return [
    ...views.items.map((view) => ({ id: `view-${view.id}`, group, label: view.name, run: () => show(view.id) })),
    ...(views.active ? [{ id: "view-none", group, label: say("viewNone"), run: () => show("") }] : []),
    { id: "view-filter", group, label: say("viewFilter"), run: filter },
  ];
}

function states({ store, say }: DeskActs): Command[] {
  return STATES.map((state) => ({ id: `state-${state}`, group: say("presence"), label: say(state), run: () => store.setPresence(state) }));
}

function looks({ look, say, speak, changed, notices, noticeBox }: DeskActs): Command[] {
  const group = say("look");
  return [
    { id: "notices", group: say("notices"), label: say("notices"), run: noticeBox },
    { id: "sound", group: say("notices"), label: say(notices.sound ? "noticeSoundOff" : "noticeSoundOn"), run: () => (notices.setSound(!notices.sound), changed()) },
    ...THEMES.map((theme) => ({ id: `theme-${theme}`, group, label: say(`look_${theme}`), run: () => (look.setTheme(theme), changed()) })),
    ...DENSITIES.map((density) => ({ id: `density-${density}`, group, label: say(`look_${density}`), run: () => (look.setDensity(density), changed()) })),
    { id: "lang-zh", group, label: "中文", also: "Chinese", run: () => speak("zh") },
    { id: "lang-en", group, label: "English", also: "英文", run: () => speak("en") },
  ];
}
