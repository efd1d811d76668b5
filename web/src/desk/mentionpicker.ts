import { html, nothing, type LitElement, type TemplateResult } from "lit";
import { ListPicker, type Picking, type Typed } from "./picker";

/** Who can be called: the account, and what it is called. */
export interface Callable { agent: string; name: string }

/** As `handoff/mentions.py` finds names: an @ in an address calls nobody. */
const TYPED = /(?:^|[^\w.@-])@([^\s@]{0,32})$/;

/** What was typed after an @ before the caret, and where the @ stands; null when nobody is being called. */
export function atSign(text: string, caret: number): Typed | null {
  const found = TYPED.exec(text.slice(0, caret));
  return found ? { start: caret - found[1]!.length - 1, query: found[1]! } : null;
}

/** Those that fit, the best first: names that begin so, then accounts, then what has it inside. */
export function fitting(people: readonly Callable[], query: string): Callable[] {
  const wanted = query.toLowerCase();
  const rank = ({ agent, name }: Callable): number => {
    if (name.toLowerCase().startsWith(wanted)) return 0;
    if (agent.startsWith(wanted)) return 1;
    return name.toLowerCase().includes(wanted) || agent.includes(wanted) ? 2 : -1;
  };
  return people.filter((one) => rank(one) >= 0).sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}

/** What calls exactly this colleague: the name, or the account where somebody else is called so too. */
export function callOf(one: Callable, people: readonly Callable[]): string {
  const name = one.name.toLowerCase();
  const shared = people.some((other) => other.agent !== one.agent && (other.name.toLowerCase() === name || other.agent === name));
  return `@${shared ? one.agent : one.name} `;
}

interface MentionPicking extends Picking { people: () => Callable[] }

/** The colleagues that an @ opens in a note. */
export class MentionPicker extends ListPicker<Callable, MentionPicking> {
  protected readonly labels = { list: "transferPeople", count: "colleagueCount", none: "colleagueNone", keys: "cannedKeys" };

  constructor(host: LitElement, picking: MentionPicking) {
    super(host, picking, "callable");
  }

  protected typed(text: string, caret: number): Typed | null {
    return atSign(text, caret);
  }

  protected fitting(query: string): Callable[] {
    return fitting(this.picking.people(), query);
  }

  protected idOf(one: Callable): string {
    return one.agent;
  }

  protected words(one: Callable): string {
    return callOf(one, this.picking.people());
  }

  protected body(one: Callable): TemplateResult {
    return html`<span class="canned-head"><b>${one.name}</b> ${one.name === one.agent ? nothing : html`<code>@${one.agent}</code>`}</span>`;
  }
}
