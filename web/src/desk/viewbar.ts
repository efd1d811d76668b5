import { LitElement, html, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import base from "../shared/base.css?inline";
import type { Locale } from "../shared/protocol";
import { ApiError } from "./api";
import { ask } from "./asked";
import { channelWord } from "./context";
import styles from "./desk.css?inline";
import { reaches } from "./pages";
import type { DeskStore } from "./store";
import type { Targets } from "./targets";
import { EVERYTHING, LONGEST_NAME, type Filter, type View, type Views } from "./views";
import sheet from "./views.css?inline";
import type { Say } from "./words";

const CHANNELS = ["webchat", "phone", "webhook"];
const LISTS = ["mine", "waiting", "all"] as const;
const MODES = ["bot", "waiting", "human", "closed"];
const UNSAVED = "-";
type Choices = readonly (readonly [value: string, label: string])[];

/** Above the lists: which view is shown, its filter, and how it is kept. */
export class ViewBar extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(sheet)];
  static override properties = {
    store: { attribute: false }, say: { attribute: false }, locale: {}, stamp: { attribute: false },
    open: { state: true }, name: { state: true }, text: { state: true }, shared: { state: true }, problem: { state: true }, told: { state: true }, sure: { state: true }, busy: { state: true }, skills: { state: true },
  };

  declare store: DeskStore;
  declare say: Say;
  declare locale: Locale;
  /** Another value: something about the views has changed. */
  declare stamp: unknown;
  declare open: boolean;
  declare name: string;
  /** The words of the filter as they are being typed. */
  declare text: string;
  declare shared: boolean;
  declare problem: string;
  declare told: string;
  declare sure: boolean;
  declare busy: boolean;
  declare skills: Targets["skills"];
  private of = "";
  private seen: Filter | null = null;

  constructor() {
    super();
    this.open = this.shared = this.sure = this.busy = false;
    this.name = this.text = this.problem = this.told = "";
    this.skills = [];
  }

  private get views(): Views {
    return this.store.views;
  }

  private get filter(): Filter {
    return this.views.filter ?? { ...EVERYTHING, list: this.store.tab };
  }

  private get maySave(): boolean {
    const { view } = this.views;
    return Boolean(view && (view.mine || this.supervises));
  }

  private get supervises(): boolean {
    return reaches(this.store.role ?? "agent", "supervisor");
  }

  /** The keyboard goes to the choice of views. */
  focusChoice(): void {
    this.renderRoot.querySelector<HTMLElement>("select")?.focus();
  }

  /** Opens the filter with the keyboard in it. */
  showFilter(): void {
    this.show(true);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("form select")?.focus());
  }

  override willUpdate(changed: PropertyValues): void {
    const { view } = this.views;
    if (this.seen !== this.views.filter) {
      this.seen = this.views.filter;
      this.text = this.filter.text;
    }
    if (changed.has("stamp") && this.of !== (view?.id ?? "")) {
      this.of = view?.id ?? "";
      this.name = view?.name ?? "";
      this.shared = view?.shared ?? false;
      this.problem = this.told = "";
      this.sure = false;
    }
  }

  private show(open: boolean): void {
    this.open = open;
    this.problem = this.told = "";
    if (open && !this.skills.length) {
      // Without them the filter still has everything else.
      this.store.targets().then((targets) => (this.skills = targets.skills), (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
      });
    }
  }

  private set(change: Partial<Filter>): void {
    this.told = this.problem = "";
    this.views.apply({ ...this.filter, ...change });
  }

  override render(): TemplateResult {
    const { say, views } = this;
    const unsaved = views.active && JSON.stringify(views.filter) !== JSON.stringify(views.view?.filter);
    const value = unsaved ? UNSAVED : views.chosen;
    const option = (view: View): TemplateResult => html`<option value=${view.id} .selected=${view.id === value}>${view.mine ? view.name : say("viewBy", { name: view.name, owner: this.store.called(view.owner) })}</option>`;
    const group = (label: string, all: View[]): TemplateResult | typeof nothing => (all.length ? html`<optgroup label=${label}>${all.map(option)}</optgroup>` : nothing);
    return html`<div class="view-bar">
      <select data-testid="view-choose" aria-label=${say("viewChoose")} @change=${(event: Event) => this.views.choose((event.target as HTMLSelectElement).value)}>
        <option value="" .selected=${value === ""}>${say("viewNone")}</option>
        ${unsaved ? html`<option value=${UNSAVED} .selected=${true}>${say("viewUnsaved")}</option>` : nothing}
        ${group(say("viewsMine"), views.items.filter((view) => view.mine))}${group(say("viewsShared"), views.items.filter((view) => !view.mine))}
      </select>
      <button class="tool" data-testid="view-filter" aria-expanded=${this.open ? "true" : "false"} aria-controls="view-form" @click=${() => this.show(!this.open)}>${say("viewFilter")}</button>
    </div>
    ${this.open ? this.form() : nothing}`;
  }

  private form(): TemplateResult {
    const { say, filter } = this;
    const select = (name: keyof Filter, label: string, choices: Choices, anyToo = true): TemplateResult => html`<label>${label}<select data-testid="view-${name}" @change=${(event: Event) => this.set({ [name]: (event.target as HTMLSelectElement).value })}>
      ${anyToo ? html`<option value="" .selected=${filter[name] === ""}>${say("viewAny")}</option>` : nothing}
      ${choices.map(([value, text]) => html`<option value=${value} .selected=${filter[name] === value}>${text}</option>`)}</select></label>`;
    const skills = this.skills.map(({ skill, name }) => [skill, name[this.locale] || skill] as const);
    const known = filter.skill && !this.skills.some(({ skill }) => skill === filter.skill) ? [[filter.skill, filter.skill] as const] : [];
    return html`<form id="view-form" class="view-form" data-testid="view-form" aria-label=${say("viewFilter")} @submit=${this.onSubmit} @keydown=${this.onKey}>
      <div class="view-fields">
        ${select("list", say("viewList"), LISTS.map((list) => [list, say(list)]), false)}
        ${filter.list === "all" ? select("mode", say("viewMode"), MODES.map((mode) => [mode, say(`mode_${mode}`)])) : nothing}
        ${select("channel", say("channel"), CHANNELS.map((channel) => [channel, channelWord(channel, say)]))}
        ${select("language", say("lang"), [["zh", say("lang_zh")], ["en", say("lang_en")]])}
        ${select("skill", say("skill"), [...skills, ...known])}
        ${select("due", say("viewDue"), [["warn", say("viewDueWarn")], ["bad", say("viewDueBad")]])}
      </div>
      <label>${say("viewText")}<input data-testid="view-text" maxlength="200" autocomplete="off" .value=${live(this.text)} @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)} @change=${() => this.search()} @keydown=${this.onTextKey} /></label>
      <label class="view-tick"><input type="checkbox" data-testid="view-priority" .checked=${live(filter.priority)} @change=${(event: Event) => this.set({ priority: (event.target as HTMLInputElement).checked })} />${say("viewPriority")}</label>
      ${this.keeping()}
    </form>`;
  }

  private keeping(): TemplateResult {
    const { say } = this;
    const { view } = this.views;
    if (this.sure && view) return ask(say(view.shared ? "viewDeleteShared" : "viewDeleteSure"), say("viewDelete"), say, () => void this.run(() => this.discard(view.id)), () => (this.sure = false));
    return html`<div class="view-keep">
      <label>${say("viewName")}<input data-testid="view-name" maxlength=${LONGEST_NAME} autocomplete="off" .value=${live(this.name)} @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)} /></label>
      ${this.supervises ? html`<label class="view-tick"><input type="checkbox" data-testid="view-share" .checked=${live(this.shared)} @change=${(event: Event) => (this.shared = (event.target as HTMLInputElement).checked)} />${say("viewShare")}</label>` : nothing}
      ${this.problem ? html`<p class="bad" role="alert" data-testid="view-problem">${this.problem}</p>` : nothing}<p class="good" role="status">${this.told}</p>
      <div class="view-tools"><button class="primary" data-testid="view-save" ?disabled=${this.busy || !this.name.trim()}>${say(this.maySave ? "viewChange" : "viewSave")}</button>
        ${this.maySave ? html`<button type="button" class="tool" data-testid="view-add" ?disabled=${this.busy || !this.name.trim()} @click=${() => void this.run(() => this.add())}>${say("viewSaveNew")}</button>
          <button type="button" class="tool" data-testid="view-delete" ?disabled=${this.busy} @click=${() => (this.sure = true)}>${say("viewDelete")}</button>` : nothing}</div>
    </div>`;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    this.show(false);
    this.renderRoot.querySelector<HTMLElement>("[data-testid=view-filter]")?.focus();
  };

  /** Enter in the words looks for them; it is no wish to keep the view. */
  private readonly onTextKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    this.search();
  };

  private search(): void {
    const text = this.text.trim();
    if (text !== this.filter.text) this.set({ text });
  }

  private readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    if (this.name.trim()) void this.run(() => this.save());
  };

  private async save(): Promise<void> {
    const { view } = this.views;
    if (!view || !this.maySave) return this.add();
    await this.views.change(view.id, { name: this.name, filter: this.filter, ...(this.supervises ? { shared: this.shared } : {}) });
    this.told = this.say("viewSaved");
  }

  private async add(): Promise<void> {
    await this.views.add(this.name, this.filter, this.supervises && this.shared);
    await this.updateComplete;
    this.told = this.say("viewSaved");
  }

  private async discard(id: string): Promise<void> {
    await this.views.remove(id);
    this.show(false);
    this.focusChoice();
  }

  /** What the form does; a refusal is said beside it and nothing typed is lost. */
  private async run(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = this.told = "";
    this.sure = false;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = this.say(`viewRefused_${error.code}`) || this.say("notice_error", { message: error.message });
    } finally {
      this.busy = false;
    }
  }
}
