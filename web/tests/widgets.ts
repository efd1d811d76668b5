import { readOptions } from "../src/widget/options";
import { SwitchboardChat } from "../src/widget/element";
import { mountLauncher } from "../src/widget/launcher";
import { Widget } from "../src/widget/widget";
import { FakeSocket } from "./fakes";

if (!customElements.get("switchboard-chat")) customElements.define("switchboard-chat", SwitchboardChat);

/** A widget in this page, its panel at hand; `attributes` of its script. */
export function widget(attributes: DOMStringMap = {}): Widget {
  const options = readOptions({ locale: "en", botNameZh: "小桥", botNameEn: "Bridge", ...attributes }, "http://service", []);
  const made = new Widget(options, {
    loadPanel: async (owner) => {
      const panel = document.createElement("switchboard-chat") as SwitchboardChat;
      panel.widget = owner;
      document.body.append(panel);
    },
  });
  document.body.append(mountLauncher(made));
  return made;
}

export function leave(): void {
  document.querySelectorAll("switchboard-chat, switchboard-launcher").forEach((node) => node.remove());
}

export const event = (seq: number, kind: string, more: object = {}): object => ({ type: "event", event: { seq, at: new Date().toISOString(), kind, ...more } });

/** Lets the loading of the panel and its first drawing happen. */
export async function drawn(): Promise<SwitchboardChat> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setTimeout(done, 0));
  const panel = document.querySelector("switchboard-chat") as SwitchboardChat;
  await panel?.updateComplete;
  return panel;
}

/** An open chat whose service answered. */
export async function chat(attributes: DOMStringMap = {}) {
  const owner = widget(attributes);
  owner.show({ focus: false });
  const element = await drawn();
  FakeSocket.last.open();
  FakeSocket.last.frame({ type: "ready", conversation: "c1", seq: 0, mode: "bot" });
  await element.updateComplete;
  const find = (id: string) => element.shadowRoot!.querySelector<HTMLElement>(`[data-testid="${id}"]`);
  const all = (id: string) => [...element.shadowRoot!.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
  const frame = async (value: object) => {
    FakeSocket.last.frame(value);
    await element.updateComplete;
  };
  return { owner, element, find, all, frame };
}
