import { toLocale } from "../shared/locale";
import type { SwitchboardApi } from "./api";
import { toTheme } from "./options";
import type { Widget } from "./widget";

const METHODS = ["open", "close", "toggle", "send", "setLocale", "setTheme", "setIdentity", "logout", "on", "off"] as const;

/** `window.Switchboard`, for the page's own scripts. */
export function apiOf(widget: Widget): SwitchboardApi {
  const api: SwitchboardApi = {
    open: (message) => widget.show({ ...(message ? { message } : {}) }),
    close: () => widget.hide(),
    toggle: () => (widget.open ? widget.hide() : widget.show()),
    send: (message) => widget.send(message),
    setLocale: (locale) => widget.setLocale(toLocale(locale) ?? "en"),
    setTheme: (theme) => widget.setTheme(toTheme(theme) ?? "auto"),
    setIdentity: (identity) => widget.setIdentity(identity),
    logout: () => widget.logout(),
    on: (event, listener) => widget.on(event, listener),
    off: (event, listener) => widget.off(event, listener),
    push: (...calls) => {
      for (const [method, ...given] of calls) {
        const known = METHODS.find((name) => name === method);
        if (known) (api[known] as (...values: unknown[]) => unknown)(...given);
      }
    },
    get locale() {
      return widget.locale;
    },
    get isOpen() {
      return widget.open;
    },
    get unread() {
      return widget.unread;
    },
  };
  return api;
}
