import { toLocale } from "../shared/locale";
import type { Locale } from "../shared/protocol";
import type { SwitchboardApi } from "../widget/api";
import { texts, topics } from "./texts";

const KEY = "switchboard.demo.locale.v1";

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function first(): Locale {
  return toLocale(new URLSearchParams(location.search).get("lang")) ?? toLocale(remembered()) ?? toLocale(navigator.language) ?? "zh";
}

let locale = first();

function show(next: Locale): void {
  locale = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts for this page.
  }
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  document.title = texts[next]["brand"] ?? "";
  for (const node of document.querySelectorAll<HTMLElement>("[data-i18n]")) node.textContent = texts[next][node.dataset["i18n"]!] ?? "";
  for (const button of document.querySelectorAll<HTMLElement>("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset["lang"] === next));
  const list = document.getElementById("topic-list");
  list?.replaceChildren(...topics.map((topic) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset["testid"] = "topic";
    const title = document.createElement("b");
    const about = document.createElement("span");
    title.textContent = topic.title[next];
    about.textContent = topic.about[next];
    button.append(title, about);
    button.addEventListener("click", () => chat()?.open({ text: topic.title[next], payload: topic.payload }));
    item.append(button);
    return item;
  }));
}

show(locale);
for (const button of document.querySelectorAll<HTMLElement>("[data-lang]")) {
  button.addEventListener("click", () => {
    show(toLocale(button.dataset["lang"]) ?? "zh");
    chat()?.setLocale(locale);
  });
}
for (const button of document.querySelectorAll("[data-open]")) button.addEventListener("click", () => chat()?.open());
const chat = (): SwitchboardApi | null => (window.Switchboard && !Array.isArray(window.Switchboard) ? window.Switchboard : null);
window.addEventListener("switchboard:locale", (event) => {
  const next = (event as CustomEvent<Locale>).detail;
  if (next !== locale) show(next);
});
// The page and the chat speak one language, whichever of the two scripts came first.
window.addEventListener("switchboard:ready", () => chat()?.setLocale(locale));
chat()?.setLocale(locale);
