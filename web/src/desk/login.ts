import { LitElement, html, nothing, unsafeCSS, type TemplateResult } from "lit";
import base from "../shared/base.css?inline";
import { ApiError, type Api } from "./api";
import styles from "./desk.css?inline";
import type { Say } from "./words";

export class DeskLogin extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles)];
  static override properties = {
    api: { attribute: false }, say: { attribute: false }, hint: {}, error: { state: true }, busy: { state: true },
  };

  declare api: Api;
  declare say: Say;
  declare hint: string;
  declare error: string;
  declare busy: boolean;

  constructor() {
    super();
    this.hint = this.error = "";
    this.busy = false;
  }

  override render(): TemplateResult {
    const { say } = this;
    const problem = this.error || this.hint;
    return html`<form class="login" @submit=${this.submit}>
      <h1>${say("title")}</h1>
      <label>${say("username")}<input name="username" data-testid="login-username" autocomplete="username" autocapitalize="none" spellcheck="false" required /></label>
      <label>${say("password")}<input name="password" data-testid="login-password" type="password" autocomplete="current-password" required /></label>
      ${problem ? html`<p class="bad" role="alert" data-testid="login-error">${problem}</p>` : nothing}
      <button class="primary" data-testid="login-submit" ?disabled=${this.busy}>${say("signIn")}</button>
    </form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    this.busy = true;
    this.error = "";
    try {
      await this.api.signIn(String(form.get("username")).trim(), String(form.get("password")));
      this.dispatchEvent(new Event("signed-in"));
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      this.error = this.say(status === 429 ? "tooMany" : status >= 400 && status < 500 ? "badLogin" : "noService");
    }
    this.busy = false;
  }
}
