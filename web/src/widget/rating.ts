import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";
import type { LogEvent } from "../shared/protocol";
import type { View } from "./parts";
import type { ChatSession } from "./session";

const LONGEST = 2000;

/** Five buttons when it is over, then room for a sentence. */
export class Rating implements ReactiveController {
  private score = 0;
  private comment = "";
  private over = "";

  constructor(private readonly host: LitElement, private readonly session: () => ChatSession) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.clear();
  }

  clear(): void {
    this.score = 0;
    this.comment = this.over = "";
  }

  private choose(score: number): void {
    this.score = score;
    this.over = "";
    this.session().rate(score);
    this.host.requestUpdate();
  }

  private send(): void {
    this.session().rate(this.score, this.comment.trim());
    this.over = this.comment;
    this.score = 0;
    this.comment = "";
    this.host.requestUpdate();
  }

  render(events: LogEvent[], { w }: View): TemplateResult | typeof nothing {
    if (this.over) return html`<p role="status" data-testid="rate-thanks">${w("commentThanks")}</p>`;
    if (this.score) {
      return html`<label for="comment">${w("commentAsk")}</label>
        <textarea id="comment" data-testid="rate-comment" rows="3" maxlength=${LONGEST} .value=${this.comment}
          @input=${(event: Event) => {
            this.comment = (event.target as HTMLTextAreaElement).value;
            this.host.requestUpdate();
          }}></textarea>
        <button class="pill" data-testid="rate-send" ?disabled=${!this.comment.trim()} @click=${() => this.send()}>${w("commentSend")}</button>`;
    }
    if (events.some((event) => event.kind === "rated")) return nothing;
    return html`<p id="rate">${w("rateAsk")}</p>
      <div class="rates" role="group" aria-labelledby="rate">
        ${[1, 2, 3, 4, 5].map((score) => html`<button data-testid="rate-${score}" aria-label=${w("rateScore", { score })}
          @click=${() => this.choose(score)}>${score}</button>`)}
      </div>
      <div class="ends small" aria-hidden="true"><span>${w("rateLow")}</span><span>${w("rateHigh")}</span></div>`;
  }
}
