import type { Widget } from "./widget";

/** Name and digest of the panel, written in by the build: a page never runs another panel than the one built with its loader. */
declare const __PANEL__: { file: string; integrity: string };

export const PANEL = "switchboard-chat";

/** Loads the panel's script with the nonce of our own, and puts its element into the page. */
export function panelLoader(script: HTMLScriptElement | null): (widget: Widget) => Promise<void> {
  const here = script?.src ?? new URL("/static/widget.js", location.origin).href;
  return async (widget) => {
    if (!customElements.get(PANEL)) await load(new URL(__PANEL__.file, here).href, script?.nonce ?? "");
    const panel = document.createElement(PANEL) as HTMLElement & { widget: Widget };
    panel.widget = widget;
    document.body.append(panel);
  };
}

function load(src: string, nonce: string): Promise<void> {
  return new Promise((done, failed) => {
    const made = document.createElement("script");
    made.src = src;
    made.async = true;
    made.crossOrigin = "anonymous";
    made.integrity = __PANEL__.integrity;
    if (nonce) made.nonce = nonce;
    made.onload = () => (customElements.get(PANEL) ? done() : failed(new Error("the panel is not what was built")));
    made.onerror = () => {
      made.remove();
      failed(new Error("the panel could not be loaded"));
    };
    document.head.append(made);
  });
}
