import { LitElement, html, unsafeCSS, type TemplateResult } from "lit";
import base from "./base.css?inline";
import { fileWords, follow, isPicture, sizeWord, type FileRef } from "./files";
import styles from "./files.css?inline";
import { icons } from "./icons";
import type { Locale } from "./protocol";

/** A file of a message: a picture once it comes into sight, else its name. Each look asks for a link of its own. */
export class FileChip extends LitElement {
  static override styles = [unsafeCSS(base), unsafeCSS(styles), unsafeCSS(":host { display: block; max-width: 100%; }")];
  static override properties = { file: { attribute: false }, link: { attribute: false }, locale: {}, url: { state: true }, broken: { state: true }, gone: { state: true } };

  declare file: FileRef;
  declare link: (file: string) => Promise<string>;
  declare locale: Locale;
  declare url: string;
  declare broken: boolean;
  declare gone: boolean;
  private watcher: IntersectionObserver | undefined;

  constructor() {
    super();
    this.url = "";
    this.broken = this.gone = false;
  }

  override firstUpdated(): void {
    this.grown();
    if (!isPicture(this.file.type)) return;
    this.watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.watcher?.disconnect();
      void this.show();
    });
    this.watcher.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
  }

  /** Whoever keeps the newest words in sight scrolls anew. */
  private grown(): void {
    this.dispatchEvent(new Event("grown", { bubbles: true, composed: true }));
  }

  private async show(): Promise<void> {
    try {
      this.url = await this.link(this.file.file);
    } catch {
      this.broken = true; // the name stays, and a click asks again
    }
  }

  private async open(): Promise<void> {
    this.gone = false;
    try {
      follow(await this.link(this.file.file));
    } catch {
      this.gone = true;
    }
  }

  override render(): TemplateResult {
    const { name, type, size } = this.file;
    const say = fileWords(this.locale);
    const label = say("open", { name });
    if (isPicture(type) && !this.broken) {
      return html`<button class="file picture ${this.url ? "" : "empty"}" data-testid="file" aria-label=${label} title=${name} @click=${() => void this.open()}>
        ${this.url ? html`<img src=${this.url} alt="" @error=${() => (this.broken = true)} @load=${() => this.grown()} />` : ""}</button>`;
    }
    return html`<button class="file" data-testid="file" title=${label} @click=${() => void this.open()}>${icons.file()}
      <span class="about"><b>${name}</b><small role="status">${this.gone ? say("gone") : sizeWord(size)}</small></span></button>`;
  }
}

export function defineFileChip(): void {
  if (!customElements.get("switchboard-file")) customElements.define("switchboard-file", FileChip);
}

/** The files of an event. */
export function fileChips(files: FileRef[] | undefined, link: (file: string) => Promise<string>, locale: Locale): TemplateResult | string {
  if (!files?.length) return "";
  return html`<div class="files">${files.map((file) => html`<switchboard-file .file=${file} .link=${link} .locale=${locale}></switchboard-file>`)}</div>`;
}
