import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";
import { anchor, safeUrl } from "../shared/markdown";
import type { Locale } from "../shared/protocol";
import type { View } from "./parts";
import type { Texts } from "./options";
import { Refused, type Asked, type FormField, type OfflineForm } from "./service";
import type { ChatSession } from "./session";

const KINDS: Record<string, { type: string; autocomplete: string; inputmode?: string }> = {
  text: { type: "text", autocomplete: "off" },
  name: { type: "text", autocomplete: "name" },
  email: { type: "email", autocomplete: "email" },
  phone: { type: "tel", autocomplete: "tel", inputmode: "tel" },
};

/** In the language of the page; else in any that there is. */
const said = (texts: Texts | undefined, locale: Locale): string => texts?.[locale] ?? Object.values(texts ?? {})[0] ?? "";

/** What is asked before a conversation, and the message of those who found nobody. What was typed stays through every redraw. */
export class Forms implements ReactiveController {
  private values: Record<string, string> = {};
  private agreed = false;
  private sending = false;
  private problem = "";

  constructor(private readonly host: LitElement, private readonly session: () => ChatSession) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.values = {};
    this.agreed = this.sending = false;
  }

  /** Before a conversation: the pack's questions and its consent. */
  before({ prechat, consent }: Asked, view: View): TemplateResult {
    const { w, locale } = view;
    const link = safeUrl(said(consent?.link, locale));
    return html`<form class="form" data-testid="prechat" @submit=${(event: Event) => this.begin(event)}>
      ${prechat ? html`<p>${said(prechat.intro, locale) || w("prechatIntro")}</p>` : nothing}
      ${(prechat?.fields ?? []).map((field) => this.field(field, locale))}
      ${consent ? html`<label class="agree"><input type="checkbox" data-testid="consent" required .checked=${this.agreed}
        @change=${(event: Event) => (this.agreed = (event.target as HTMLInputElement).checked)} />
        <span>${said(consent.text, locale)} ${link ? anchor(link, w("consentMore")) : nothing}</span></label>` : nothing}
      <button class="go" data-testid="prechat-send">${w("prechatSend")}</button>
    </form>`;
  }

  /** While nobody is there. */
  away(form: OfflineForm, view: View): TemplateResult {
    const { w, locale } = view;
    return html`<form class="form" data-testid="offline-form" aria-label=${w("offlineTitle")} @submit=${(event: Event) => void this.leave(event, form, view)}>
      <p>${said(form.text, locale) || w("offlineIntro")}</p>
      ${form.fields.map((field) => this.field({ ...field, type: field.name === "phone" ? "phone" : "text", required: true }, locale))}
      ${this.problem ? html`<p class="bad" role="alert" data-testid="offline-problem">${this.problem}</p>` : nothing}
      <button class="go" data-testid="offline-send" ?disabled=${this.sending}>${w("offlineSend")}</button>
    </form>`;
  }

  private field(field: FormField, locale: Locale): TemplateResult {
    const { type, autocomplete, inputmode } = KINDS[field.type] ?? KINDS["text"]!;
    return html`<label class="field"><span>${said(field.label, locale) || field.name}</span>
      <input data-testid="field-${field.name}" type=${type} inputmode=${inputmode ?? nothing} autocomplete=${autocomplete as "off"} maxlength="256"
        ?required=${field.required} .value=${this.values[field.name] ?? ""}
        @input=${(event: Event) => (this.values[field.name] = (event.target as HTMLInputElement).value)} /></label>`;
  }

  private begin(event: Event): void {
    event.preventDefault();
    this.session().answer(this.values, this.agreed);
    this.values = {};
    this.agreed = false;
  }

  private async leave(event: Event, { fields }: OfflineForm, { w }: View): Promise<void> {
    event.preventDefault();
    this.sending = true;
    this.problem = "";
    this.host.requestUpdate();
    try {
      await this.session().leaveMessage(Object.fromEntries(fields.map(({ name }) => [name, (this.values[name] ?? "").trim()])));
      this.values = {};
    } catch (error) {
      // Somebody who no longer waits needs no form: the events that come tell the rest.
      this.problem = error instanceof Refused && error.status === 409 ? "" : w("offlineFailed");
    }
    this.sending = false;
    this.host.requestUpdate();
  }
}
