import type { Locale } from "./protocol";

export function toLocale(value: string | null | undefined): Locale | null {
  if (!value) return null;
  return value.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const tag = (locale: Locale): string => (locale === "zh" ? "zh-CN" : "en-GB");

export function clock(at: string, locale: Locale): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  return date.toLocaleTimeString(tag(locale), { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function full(at: string, locale: Locale): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  return date.toLocaleString(tag(locale), { dateStyle: "medium", timeStyle: "short", hour12: false });
}

/** To the second. */
export function precise(at: string, locale: Locale): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  return date.toLocaleString(tag(locale), { dateStyle: "medium", timeStyle: "medium", hour12: false });
}

const DAY = 86_400_000;

/** "Today", "Yesterday", then the date. */
export function day(at: string, locale: Locale, now: Date): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const start = (moment: Date): number => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  const days = Math.round((start(now) - start(date)) / DAY);
  if (days === 0) return locale === "zh" ? "今天" : "Today";
  if (days === 1) return locale === "zh" ? "昨天" : "Yesterday";
  const options: Intl.DateTimeFormatOptions = { month: "long", day: "numeric" };
  if (date.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return date.toLocaleDateString(tag(locale), options);
}

/** Relative up to a day, then the date. Seconds are not counted aloud. */
export function ago(at: string, locale: Locale, now: number): string {
  const minutes = Math.floor((now - new Date(at).getTime()) / 60_000);
  if (Number.isNaN(minutes)) return "";
  if (minutes < 1) return locale === "zh" ? "刚刚" : "now";
  if (minutes < 60) return locale === "zh" ? `${minutes} 分钟前` : `${minutes} min`;
  if (minutes < 1440) return locale === "zh" ? `${Math.floor(minutes / 60)} 小时前` : `${Math.floor(minutes / 60)} h`;
  return new Date(at).toLocaleDateString(tag(locale), { month: "short", day: "numeric" });
}

/** A length of time as m:ss. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${String(Math.floor((seconds % 3600) / 60)).padStart(hours ? 2 : 1, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${rest}` : rest;
}
