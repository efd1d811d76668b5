import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import base from "../shared/base.css?inline";
import { composing } from "../shared/text";
import type { Command, Commands } from "./commands";
import lists from "./lists.css?inline";
import type { Say } from "./words";

/** ⌘/Ctrl-K: everything that can be done, found by typing. The keyboard goes back where it was. */
export class DeskPalette extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(lists)];
  static override properties = { commands: { attribute: false }, say: { attribute: false }, typed: { state: true }, at: { state: true } };

  declare commands: Commands;
  declare say: Say;
  declare typed: string;
  declare at: number;

  constructor() {
    super();
    this.typed = "";
    this.at = 0;
  }

  private get dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector("dialog")!;
  }

  get isOpen(): boolean {
    return this.hasUpdated && this.dialog.open;
  }

  show(): void {
    this.typed = "";
    this.at = 0;
    if (!this.dialog.open) this.dialog.showModal();
    this.requestUpdate();
  }

  hide(): void {
    this.dialog.close();
  }

  private run(command: Command | undefined): void {
    if (!command) return;
    this.hide();
    command.run();
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (composing(event)) return;
    event.stopPropagation();
    const found = this.commands.find(this.typed);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.at = Math.min(found.length - 1, Math.max(0, this.at + step));
    else if (event.key === "Enter") this.run(found[this.at]);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") this.hide();
    else return;
    event.preventDefault();
  };

  override render(): TemplateResult {
    const { say } = this;
    const found = this.isOpen ? this.commands.find(this.typed) : [];
    return html`<dialog class="palette" data-testid="palette" aria-label=${say("palette")} @keydown=${this.onKey} @close=${() => this.requestUpdate()}
      @click=${(event: Event) => event.target === event.currentTarget && this.hide()}>
      <input data-testid="palette-input" role="combobox" aria-expanded="true" aria-controls="commands" aria-autocomplete="list" aria-label=${say("palette")} placeholder=${say("paletteHint")} maxlength="200"
        autocomplete="off" spellcheck="false" autofocus aria-activedescendant=${found[this.at] ? `command-${this.at}` : nothing}
        .value=${live(this.typed)} @input=${(event: Event) => {
          this.typed = (event.target as HTMLInputElement).value;
          this.at = 0;
        }} />
      <div id="commands" role="listbox" aria-label=${say("palette")}>${found.map((command, index) => this.option(command, index, found))}</div>
      ${found.length ? nothing : html`<p class="none" role="status">${say("paletteNothing")}</p>`}
    </dialog>`;
  }

  private option(command: Command, index: number, all: Command[]): TemplateResult {
    const first = all[index - 1]?.group !== command.group;
    return html`<div id="command-${index}" role="option" data-testid="command" data-command=${command.id} class=${first ? "first" : ""} aria-selected=${index === this.at ? "true" : "false"}
      @click=${() => this.run(command)} @mousemove=${() => (this.at = index)}>
      <span class="group">${first ? command.group : ""}</span><span class="label">${command.label}</span>${command.hint ? html`<kbd>${command.hint}</kbd>` : nothing}</div>`;
  }

  protected override updated(): void {
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }
}
