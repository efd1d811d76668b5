// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { browserCalls, iconWith } from "../src/desk/browsercalls";
import { Notices, type Calls, type Permission } from "../src/desk/notices";
import { noticeWords } from "../src/desk/noticewords";
import { MemoryStorage } from "./fakes";

function calling(permission: Permission = "granted", storage = new MemoryStorage()) {
  const heard: string[] = [];
  const world = { hidden: true, permission, answer: "granted" as Permission, asked: 0 };
  const opened: (() => void)[] = [];
  const calls: Calls = {
    hidden: () => world.hidden, chime: () => heard.push("chime"), badge: (count) => heard.push(`badge ${count}`), permission: () => world.permission,
    ask: async () => ((world.asked += 1), (world.permission = world.answer)),
    show: (tag, title, open) => (heard.push(`show ${title}`), opened.push(open), { close: () => heard.push(`close ${tag}`) }),
  };
  const notices = new Notices(storage, calls, { offered: (id) => `offer ${id}`, wrote: (id) => `wrote ${id}`, open: (id) => heard.push(`open ${id}`) });
  return { notices, heard, world, storage, opened };
}

const offer = (conversation: string, expires = 1) => ({ conversation, expires, reason: "", summary: null, total: 1, passed: null });
const state = (offers: ReturnType<typeof offer>[], mine: string[] = [], unread: string[] = []) =>
  ({ offers, mine, attention: { unread: new Set(unread) } }) as unknown as Parameters<Notices["look"]>[0];

afterEach(() => vi.unstubAllGlobals());

describe("the notices", () => {
  it("call once for each offer while the page is out of sight, and take it back when it is over", async () => {
    const { notices, heard } = calling();
    await notices.setWanted(true);
    notices.look(state([offer("c1")]));
    notices.look(state([offer("c1")]));
    expect(heard).toEqual(["chime", "show offer c1", "badge 1"]);
    notices.look(state([]));
    expect(heard.slice(3)).toEqual(["close c1", "badge 0"]);
    notices.look(state([offer("c1", 2)]));
    expect(heard.filter((one) => one === "chime").length).toBe(2);
  });

  it("call for each message, count conversations, and are silent once they are read", async () => {
    const { notices, heard } = calling();
    await notices.setWanted(true);
    for (let message = 0; message < 2; message += 1) {
      notices.wrote("c1");
      notices.look(state([], ["c1", "c2"], ["c1", "other"]));
    }
    expect(heard).toEqual(["chime", "show wrote c1", "badge 1", "chime", "close c1", "show wrote c1"]);
    notices.look(state([], ["c1"], []));
    expect(heard.slice(-2)).toEqual(["close c1", "badge 0"]);
    expect(notices.count).toBe(0);
  });

  it("only count while somebody looks at the page", async () => {
    const { notices, heard, world } = calling();
    await notices.setWanted(true);
    world.hidden = false;
    notices.wrote("c1");
    notices.look(state([offer("c2")], ["c1"], ["c1"]));
    expect([heard, notices.count]).toEqual([["badge 2"], 2]);
    world.hidden = true;
    notices.look(state([offer("c2")], ["c1"], ["c1"]));
    expect(heard).toEqual(["badge 2"]);
    notices.stop();
    expect(heard).toEqual(["badge 2", "badge 0"]);
  });

  it("can be silenced, which is kept", () => {
    const { notices, heard, storage } = calling();
    notices.setSound(false);
    notices.wrote("c1");
    expect(heard).toEqual([]);
    expect(calling("granted", storage).notices.sound).toBe(false);
    expect(calling().notices.sound).toBe(true);
  });

  it("ask for the permission by a click alone, and stay off where it is refused", async () => {
    const first = calling("default");
    first.notices.look(state([offer("c1")]));
    expect([first.world.asked, first.heard.includes("show offer c1")]).toEqual([0, false]);
    await first.notices.setWanted(true);
    expect([first.world.asked, first.notices.wanted]).toEqual([1, true]);
    const refused = calling("default");
    refused.world.answer = "denied";
    await refused.notices.setWanted(true);
    await refused.notices.setWanted(true);
    expect([refused.world.asked, refused.notices.wanted]).toEqual([1, false]);
    expect(calling("default", first.storage).notices.wanted).toBe(true);
  });

  it("open what a notification is about", async () => {
    const { notices, heard, opened } = calling();
    await notices.setWanted(true);
    notices.wrote("c1");
    opened[0]!();
    expect(heard.at(-1)).toBe("open c1");
  });
});

describe("the browser", () => {
  it("shows the number on the page's icon and as a badge, and nothing when there is none", () => {
    document.head.innerHTML = '<link rel="icon" href="http://service/icon.svg">';
    const badges: (number | null)[] = [];
    Object.assign(navigator, { setAppBadge: async (count: number) => void badges.push(count), clearAppBadge: async () => void badges.push(null) });
    const calls = browserCalls();
    const icon = document.querySelector("link")!;
    calls.badge(3);
    expect(icon.href).toBe(iconWith(3));
    calls.badge(0);
    expect([icon.href, badges]).toEqual(["http://service/icon.svg", [3, null]]);
    expect(decodeURIComponent(iconWith(12))).toContain(">9+<");
  });

  it("does without notifications where there are none, or where they are shown another way", async () => {
    vi.stubGlobal("Notification", undefined);
    expect([browserCalls().permission(), await browserCalls().ask()]).toEqual(["none", "none"]);
    vi.stubGlobal("Notification", class { static permission = "granted"; constructor() { throw new TypeError("Illegal constructor"); } });
    expect(browserCalls().show("c1", "x", () => undefined)).toBeNull();
  });

  it("has words in both languages", () => {
    expect(Object.keys(noticeWords.en).sort()).toEqual(Object.keys(noticeWords.zh).sort());
  });
});
