import { html, svg, type TemplateResult } from "lit";
import type { KeyValue } from "../shared/outbox";
import type { Say } from "./words";

export const THEMES = ["auto", "light", "dark"] as const;
export const DENSITIES = ["roomy", "dense"] as const;
export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];

const THEME = "switchboard.desk.theme.v1";
const DENSITY = "switchboard.desk.density.v1";

/** How this person likes the desk on this device: light or dark, roomy or dense. */
export class Look {
  theme: Theme;
  density: Density;

  constructor(private readonly storage: KeyValue) {
    this.theme = known(THEMES, storage.getItem(THEME));
    this.density = known(DENSITIES, storage.getItem(DENSITY));
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.storage.setItem(THEME, theme);
  }

  setDensity(density: Density): void {
    this.density = density;
    this.storage.setItem(DENSITY, density);
  }

  /** Writes it where the styles look for it. */
  show(host: HTMLElement): void {
    host.dataset["theme"] = this.theme;
    host.dataset["density"] = this.density;
    host.ownerDocument.documentElement.style.colorScheme = this.theme === "auto" ? "light dark" : this.theme;
  }
}

function known<T extends string>(all: readonly T[], kept: string | null): T {
  return all.find((one) => one === kept) ?? all[0]!;
}

/** As it is written, and as the build squeezes it. */
const LIGHT = /^\s*:root,\s*:host\s*(\{[^}]*\})/;
const DARK = /@media\s*\(prefers-color-scheme:\s*dark\)\s*\{\s*:root,\s*:host\s*(\{[^}]*\})/;

/** The tokens again, for who chose light or dark whatever the device says. */
export function themed(tokens: string): string {
  const block = (pattern: RegExp, theme: Theme): string => {
    const found = pattern.exec(tokens)?.[1];
    if (!found) throw new Error(`The tokens have no ${theme} block.`);
    return `:host([data-theme="${theme}"]) ${found}`;
  };
  return `${tokens}\n${block(LIGHT, "light")}\n${block(DARK, "dark")}`;
}

const sign = (paths: TemplateResult): TemplateResult => html`<svg width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true">${paths}</svg>`;
const SIGNS: Record<Theme | Density, () => TemplateResult> = {
  auto: () => sign(svg`<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>`),
  light: () => sign(svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6l1.5 1.5M16.9 16.9l1.5 1.5M5.6 18.4l1.5-1.5M16.9 7.1l1.5-1.5"/>`),
  dark: () => sign(svg`<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>`),
  roomy: () => sign(svg`<path d="M4 7h16M4 17h16"/>`),
  dense: () => sign(svg`<path d="M4 6h16M4 10h16M4 14h16M4 18h16"/>`),
};

/** The next of a round. */
export function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length]!;
}

/** Two buttons of the header; each tells its state and goes on to the next. */
export function lookButtons(look: Look, say: Say, changed: () => void): TemplateResult {
  const button = (id: string, name: Theme | Density, act: () => void): TemplateResult => html`<button class="square" data-testid=${id} aria-label=${say(`look_${name}`)} title=${say(`look_${name}`)}
    @click=${() => {
      act();
      changed();
    }}>${SIGNS[name]()}</button>`;
  return html`${button("theme", look.theme, () => look.setTheme(after(THEMES, look.theme)))}${button("density", look.density, () => look.setDensity(after(DENSITIES, look.density)))}`;
}
