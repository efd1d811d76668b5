import { toLocale } from "../shared/locale";
import type { Locale } from "../shared/protocol";
import type { Theme } from "./api";

export type Texts = Partial<Record<Locale, string>>;

/** What the script's attributes say; see docs/widget.md. */
export interface Options {
  /** Where the service is: an origin. */
  base: string;
  locale: Locale;
  theme: Theme;
  side: "left" | "right";
  names: Texts;
  greeting: Texts;
  /** A colour as #rrggbb; empty: the usual one. */
  accent: string;
  onAccent: string;
  sound: boolean;
  launcher: boolean;
}

const HEX = /^#[0-9a-f]{6}$/i;

export function toTheme(value: unknown): Theme | null {
  return value === "light" || value === "dark" || value === "auto" ? value : null;
}

function texts(zh: string | undefined, en: string | undefined): Texts {
  return { ...(zh ? { zh } : {}), ...(en ? { en } : {}) };
}

/** Values that are not understood count as not given: a typing mistake in a page must not take its chat away. */
export function readOptions(data: DOMStringMap, base: string, languages: (string | undefined)[]): Options {
  const locale = [data["locale"], ...languages].map(toLocale).find((one) => one !== null) ?? "en";
  const accent = HEX.test(data["accent"] ?? "") ? data["accent"]! : "";
  return {
    base,
    locale,
    theme: toTheme(data["theme"]) ?? "auto",
    side: data["position"] === "left" ? "left" : "right",
    names: texts(data["botNameZh"], data["botNameEn"]),
    greeting: texts(data["greetingZh"], data["greetingEn"]),
    accent,
    onAccent: accent && HEX.test(data["onAccent"] ?? "") ? data["onAccent"]! : "",
    sound: data["sound"] !== "off",
    launcher: data["launcher"] !== "hidden",
  };
}
