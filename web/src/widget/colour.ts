/** Colours of the page's brand, made readable. */

import type { Theme } from "./api";

type Rgb = [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const NIGHT: Rgb = [18, 21, 27];
const LEAST = 4.5;

const parse = (hex: string): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Rgb;
const write = (rgb: Rgb): string => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
const mix = (one: Rgb, other: Rgb, share: number): Rgb => one.map((part, at) => part + (other[at]! - part) * share) as Rgb;

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours as #rrggbb, 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(parse(one)), luminance(parse(other))].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The accent, moved towards `end` only as far as it takes to be read on `ground`. */
function readable(accent: string, ground: Rgb, end: Rgb): string {
  for (let share = 0; share < 1; share += 0.04) {
    const tried = write(mix(parse(accent), end, share));
    if (contrast(tried, write(ground)) >= LEAST) return tried;
  }
  return write(end);
}

/** Accent, what stands on it, and its tint, by light and dark; as custom properties. */
export function accentCss(accent: string, onAccent = ""): string {
  if (!accent) return "";
  const rule = (ground: Rgb, end: Rgb): string => {
    const shown = readable(accent, ground, end);
    const wanted = onAccent && contrast(shown, onAccent) >= LEAST ? onAccent : "";
    const on = wanted || (contrast(shown, write(WHITE)) >= LEAST ? write(WHITE) : write(NIGHT));
    return `:host{--accent:${shown};--on-accent:${on};--tint:${write(mix(ground, parse(shown), 0.1))}}`;
  };
  return `${rule(WHITE, [0, 0, 0])}@media (prefers-color-scheme: dark){${rule(NIGHT, WHITE)}}`;
}

/** A sheet that follows the system, bent to what the page chose. */
export function themed(css: string, theme: Theme): string {
  if (theme === "auto") return css;
  return css.replace(/\(prefers-color-scheme:\s*dark\)/g, theme === "dark" ? "all" : "not all");
}

/** Sheets made by script need no leave of a page's Content-Security-Policy, which `<style>` does. */
export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}
