import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from "lit";
import { ACCEPT, MOST, fileWords, hopeless, isPicture, problemOf, refusal, sizeWord } from "./files";
import { icons } from "./icons";
import type { Parcel } from "./parcels";
import type { Locale } from "./protocol";

interface Staged { file: File; preview: string }

/** Files chosen, pasted or dropped, and not sent yet: nothing leaves the page before the person says so. */
export class Attach implements ReactiveController {
  staged: Staged[] = [];
  problem = "";
  dropping = false;

  constructor(private readonly host: LitElement, private readonly limit: () => number, private readonly locale: () => Locale) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.clear();
  }

  add(files: File[]): void {
    const limit = this.limit();
    if (!limit || !files.length) return;
    const say = fileWords(this.locale());
    const problems = new Set<string>();
    for (const file of files) {
      const problem = this.staged.length >= MOST ? say("many", { count: MOST }) : problemOf(file, limit, say);
      if (problem) problems.add(problem);
      else this.staged = [...this.staged, { file, preview: isPicture(file.type) ? URL.createObjectURL(file) : "" }];
    }
    this.problem = [...problems].join(" ");
    this.host.requestUpdate();
  }

  /** The files, which are the caller's from now on. */
  take(): File[] {
    const files = this.staged.map((item) => item.file);
    this.clear();
    return files;
  }

  clear(): void {
    for (const { preview } of this.staged) if (preview) URL.revokeObjectURL(preview);
    this.staged = [];
    this.problem = "";
    this.host.requestUpdate();
  }

  private remove(item: Staged): void {
    if (item.preview) URL.revokeObjectURL(item.preview);
    this.staged = this.staged.filter((other) => other !== item);
    this.problem = "";
    this.host.requestUpdate();
  }

  readonly onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    // A table or a text copied from an office program comes with a picture of itself: then the words are meant.
    if (!files.length || !this.limit() || event.clipboardData?.getData("text/plain")) return;
    event.preventDefault();
    this.add(files);
  };

  readonly onDrag = (event: DragEvent): void => {
    if (!this.limit() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.hover(event.type === "dragover");
  };

  readonly onLeave = (event: DragEvent): void => {
    const inside = event.relatedTarget instanceof Node && (event.currentTarget as Node).contains(event.relatedTarget);
    if (!inside) this.hover(false);
  };

  readonly onDrop = (event: DragEvent): void => {
    if (!this.limit() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.hover(false);
    this.add([...event.dataTransfer.files]);
  };

  private hover(dropping: boolean): void {
    if (dropping === this.dropping) return;
    this.dropping = dropping;
    this.host.requestUpdate();
  }

  button(): unknown {
    if (!this.limit()) return nothing;
    const label = fileWords(this.locale())("attach");
    return html`<button class="clip" data-testid="attach" aria-label=${label} title=${label}
        @click=${(event: Event) => ((event.currentTarget as HTMLElement).nextElementSibling as HTMLInputElement).click()}>${icons.clip()}</button
      ><input type="file" data-testid="attach-input" multiple hidden accept=${ACCEPT} tabindex="-1" aria-hidden="true" @change=${this.onChosen} />`;
  }

  private readonly onChosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.add([...(input.files ?? [])]);
    input.value = "";
  };

  tray(): unknown {
    const say = fileWords(this.locale());
    return html`${this.problem ? html`<p class="problem" role="alert" data-testid="attach-problem">${this.problem}</p>` : nothing}
      ${this.staged.length ? html`<div class="tray" role="group" aria-label=${say("tray")} data-testid="tray">${this.staged.map((item) => html`<div
        class="file small ${item.preview ? "" : "plain"}">${face(item.preview)}<span class="about"><b>${item.file.name}</b><small>${sizeWord(item.file.size)}</small></span>
        <button class="square" aria-label=${say("remove", { name: item.file.name })} @click=${() => this.remove(item)}>${icons.close()}</button></div>`)}</div>` : nothing}`;
  }

  curtain(): unknown {
    return this.dropping ? html`<div class="dropping" aria-hidden="true">${fileWords(this.locale())("drop")}</div>` : nothing;
  }
}

/** A preview; a picture that cannot be shown is a file like others. */
const face = (preview: string): TemplateResult =>
  preview ? html`<img src=${preview} alt="" @error=${(event: Event) => ((event.target as HTMLElement).hidden = true)} />` : icons.file();

/** A message whose files are going up: how far they are, and the way to stop or to try again. */
export function parcelBody(parcel: Parcel, ready: boolean, locale: Locale, retry: () => void, drop: () => void): TemplateResult {
  const say = fileWords(locale);
  const going = parcel.parts.find((part) => !part.ref);
  const percent = Math.round(100 * (going?.done ?? 1));
  return html`<div class="files">${parcel.parts.map((part) => html`<div class="file small ${part.preview ? "" : "plain"}">${face(part.preview)}
      <span class="about"><b>${part.file.name}</b>${part.ref || parcel.failed ? html`<small>${sizeWord(part.file.size)}</small>`
        : html`<progress max="1" .value=${part.done} aria-label=${part.file.name}></progress>`}</span></div>`)}</div>
    ${parcel.failed
      ? html`<span class="time bad" role="alert" data-testid="parcel-failed">${refusal(parcel.failed.code, parcel.failed.message, locale)}
          ${hopeless(parcel.failed.code) ? nothing : html`<button class="link" @click=${retry}>${say("again")}</button>`}<button class="link" @click=${drop}>${say("discard")}</button></span>`
      : html`<span class="time" data-testid="parcel">${icons.clock()} ${ready ? say("sending", { percent }) : say("queued")}
          <button class="link" data-testid="parcel-cancel" @click=${drop}>${say("cancel")}</button></span>`}`;
}
