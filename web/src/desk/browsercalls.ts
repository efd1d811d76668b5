import { chime } from "../shared/sound";
import type { Calls, Permission } from "./notices";

type Badged = Navigator & { setAppBadge?: (count: number) => Promise<void>; clearAppBadge?: () => Promise<void> };

/** The icon with a number on it; nine and more are one sign. */
export function iconWith(count: number): string {
  const number = count > 9 ? "9+" : String(count);
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1558d6"/><path d="M6 20c3-8 17-8 20 0M6 20v3M26 20v3M12.5 15.5v7.5M19.5 15.5v7.5" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/><circle cx="22" cy="10" r="10" fill="#b3261e" stroke="#fff" stroke-width="1.5"/><text x="22" y="14.5" font-family="sans-serif" font-size="13" font-weight="700" fill="#fff" text-anchor="middle">${number}</text></svg>`)}`;
}

/** What this browser can do. */
export function browserCalls(view: Window & typeof globalThis = window): Calls {
  const { document } = view;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const plain = icon?.href ?? "";
  const permission = (): Permission => (typeof view.Notification === "undefined" ? "none" : view.Notification.permission);
  return {
    hidden: () => document.visibilityState === "hidden",
    chime,
    badge: (count) => {
      if (icon) icon.href = count ? iconWith(count) : plain;
      const navigator = view.navigator as Badged;
      // Refused where the desk is not installed: the icon and the title say it there.
      void (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => undefined);
    },
    permission,
    ask: async () => (permission() === "none" ? "none" : view.Notification.requestPermission()),
    show: (tag, title, open) => {
      try {
        const shown = new view.Notification(title, { tag, icon: plain, lang: document.documentElement.lang });
        shown.onclick = () => {
          view.focus();
          shown.close();
          open();
        };
        return shown;
      } catch {
        return null; // phones show notifications by another way only
      }
    },
  };
}
