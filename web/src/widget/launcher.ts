import tokens from "../shared/tokens.css?inline";
import { fill } from "../shared/locale";
import { accentCss, sheet, themed } from "./colour";
import styles from "./launcher.css?inline";
import { launchWords } from "./launchwords";
import type { Widget } from "./widget";

const SVG = "http://www.w3.org/2000/svg";

/** Drawn by hand: the launcher stands in every page of a site and must not bring a framework with it. */
function icon(size: number, width: string, ...paths: string[]): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    width: String(size), height: String(size), viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": width,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string, testid = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  if (testid) made.dataset["testid"] = testid;
  return made;
}

/** The round button with its badge, and the greeting above it. Returns its host. */
export function mountLauncher(widget: Widget): HTMLElement {
  const host = document.createElement("switchboard-launcher");
  host.dataset["side"] = widget.options.side;
  const root = host.attachShadow({ mode: "open" });

  const button = element("button", "launcher", "launcher");
  button.type = "button";
  button.append(icon(26, "1.8", "M4 5.5h16v11H10l-4.5 3.5v-3.5H4z", "M8 9.5h8M8 12.5h5"));
  const badge = element("span", "badge", "badge");
  button.append(badge);
  button.addEventListener("click", () => widget.show());

  const greeting = element("div", "greeting", "greeting");
  const say = element("button", "say");
  const away = element("button", "away", "greeting-close");
  say.type = away.type = "button";
  away.append(icon(16, "1.8", "M6 6l12 12M18 6L6 18"));
  say.addEventListener("click", () => widget.show());
  away.addEventListener("click", () => {
    widget.dismissGreeting();
    button.focus();
  });
  greeting.append(say, away);
  root.append(greeting, button);

  let theme = "";
  const draw = (): void => {
    const words = launchWords[widget.locale];
    const { unread, open, loading } = widget;
    host.lang = widget.locale === "zh" ? "zh-CN" : "en";
    host.hidden = (open && !loading) || !widget.options.launcher;
    button.setAttribute("aria-label", words.launcher + (unread ? ` (${fill(words.unread, { count: unread })})` : ""));
    button.setAttribute("aria-busy", String(open && loading));
    badge.hidden = !unread;
    badge.textContent = String(Math.min(unread, 99));
    say.textContent = widget.options.greeting[widget.locale] ?? "";
    away.setAttribute("aria-label", words.dismiss);
    greeting.hidden = widget.greeted || widget.session.resumable || !say.textContent;
    if (theme === widget.theme) return;
    theme = widget.theme;
    const { accent, onAccent } = widget.options;
    root.adoptedStyleSheets = [sheet(styles), sheet(themed(tokens + accentCss(accent, onAccent), theme as Widget["theme"]))];
  };
  draw();
  widget.addEventListener("change", draw);
  widget.addEventListener("unfocus", () => button.focus());
  return host;
}
