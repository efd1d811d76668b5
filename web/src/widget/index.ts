import { toLocale } from "../shared/locale";
import type { Locale } from "../shared/protocol";
import { SwitchboardChat, localeOf } from "./element";

/** What a host page may do: `window.Switchboard`. */
export interface SwitchboardApi {
  /** Opens the chat; a message is said on the customer's behalf, as if typed or chosen. */
  open(message?: { text: string; payload?: string }): void;
  close(): void;
  setLocale(locale: string): void;
  readonly locale: Locale;
}

declare global {
  interface Window { Switchboard?: SwitchboardApi }
}

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;

function mount(): void {
  if (window.Switchboard) return;
  if (!customElements.get("switchboard-chat")) customElements.define("switchboard-chat", SwitchboardChat);
  const chat = document.createElement("switchboard-chat") as SwitchboardChat;
  const { botNameZh, botNameEn, accent, onAccent } = script?.dataset ?? {};
  chat.setup({
    base: script?.src ? new URL(script.src).origin : location.origin,
    locale: localeOf(script),
    names: { ...(botNameZh ? { zh: botNameZh } : {}), ...(botNameEn ? { en: botNameEn } : {}) },
  });
  if (accent) chat.style.setProperty("--accent", accent);
  if (onAccent) chat.style.setProperty("--on-accent", onAccent);
  document.body.append(chat);
  window.Switchboard = {
    open: (message) => chat.show(true, message),
    close: () => chat.hide(),
    setLocale: (locale) => chat.setLocale(toLocale(locale) ?? "en"),
    get locale() {
      return chat.locale;
    },
  };
  window.dispatchEvent(new CustomEvent("switchboard:ready"));
}

if (document.body) mount();
else document.addEventListener("DOMContentLoaded", mount);
