import type { QueuedCall } from "./api";
import { mountLauncher } from "./launcher";
import { panelLoader } from "./loadpanel";
import { readOptions } from "./options";
import { apiOf } from "./pageapi";
import { Widget } from "./widget";

function mount(script: HTMLScriptElement | null): void {
  const before = window.Switchboard;
  if (before && !Array.isArray(before)) return;
  const base = script?.src ? new URL(script.src).origin : location.origin;
  const options = readOptions(script?.dataset ?? {}, base, [document.documentElement.lang, navigator.language]);
  const widget = new Widget(options, { loadPanel: panelLoader(script) });
  document.body.append(mountLauncher(widget));
  const api = apiOf(widget);
  window.Switchboard = api;
  widget.start();
  window.dispatchEvent(new CustomEvent("switchboard:ready"));
  api.push(...((before ?? []) as QueuedCall[]));
}

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
if (document.body) mount(script);
else document.addEventListener("DOMContentLoaded", () => mount(script));
