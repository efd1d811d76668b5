import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";
import { icons } from "../shared/icons";
import { composing } from "../shared/ids";
import type { View } from "./parts";

export interface MenuItem { id: string; label: string; run: () => void; pressed?: boolean }

/** A button and the list that it shows. Escape and a choice give the keyboard back to the button. */
export class Menu implements ReactiveController {
  open = false;

  constructor(private readonly host: LitElement) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.open = false;
  }

  private set(open: boolean): void {
    this.open = open;
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => this.host.renderRoot.querySelector<HTMLElement>(open ? ".menu button" : ".menu-button")?.focus());
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.open || composing(event)) return;
    event.stopPropagation();
    this.set(false);
  };

  private readonly onLeave = (event: FocusEvent): void => {
    const inside = event.relatedTarget instanceof Node && (event.currentTarget as Node).contains(event.relatedTarget);
    if (inside || !this.open) return;
    this.open = false;
    this.host.requestUpdate();
  };

  render(items: MenuItem[], { w }: View): TemplateResult {
    return html`<div class="menu-place" @keydown=${this.onKey} @focusout=${this.onLeave}>
      <button class="square menu-button" data-testid="menu" aria-label=${w("menu")} title=${w("menu")} aria-expanded=${this.open ? "true" : "false"}
        @click=${() => this.set(!this.open)}>${icons.more()}</button>
      ${this.open ? html`<div class="menu" role="group" aria-label=${w("menu")}>${items.map((item) => html`<button data-testid="menu-${item.id}"
        aria-pressed=${item.pressed === undefined ? nothing : String(item.pressed)}
        @click=${() => {
          this.set(false);
          item.run();
        }}>${item.label}${item.pressed ? icons.check() : nothing}</button>`)}</div>` : nothing}
    </div>`;
  }
}
