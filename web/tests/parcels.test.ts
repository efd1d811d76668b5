import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UploadError, fileWords, problemOf, refusal, sizeWord, type FileRef } from "../src/shared/files";
import { Parcels, type Parcel } from "../src/shared/parcels";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const settle = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);
const photo = (name = "a.png"): File => new File(["12345"], name, { type: "image/png" });
const message = (id: string) => ({ id, text: "", at: "2026-01-01T00:00:00Z" });

interface Going { name: string; resolve: (ref: FileRef) => void; reject: (error: unknown) => void; progress: (done: number) => void; signal: AbortSignal }

function post() {
  const state = { online: true, going: [] as Going[], done: [] as [string, string[]][] };
  const parcels = new Parcels({
    ready: () => state.online,
    send: (_parcel: Parcel, { file }, progress, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new UploadError(-1, "cancelled", "")));
        state.going.push({ name: file.name, resolve, reject, progress, signal });
      }),
    done: (parcel, files) => state.done.push([parcel.id, files.map((file) => file.file)]),
    onChange: () => undefined,
  });
  const arrive = async (): Promise<void> => {
    const { name, resolve } = state.going.shift()!;
    resolve({ file: `id-${name}`, name, type: "image/png", size: 5 });
    await settle();
  };
  return { parcels, state, arrive };
}

describe("messages with files", () => {
  it("go up one file at a time and are sent when all are there", async () => {
    const { parcels, state, arrive } = post();
    parcels.add(message("m1"), [photo("a.png"), photo("b.png")]);
    parcels.add(message("m2"), [photo("c.png")]);
    expect(state.going.map((item) => item.name)).toEqual(["a.png"]);
    state.going[0]!.progress(0.4);
    expect(parcels.items[0]!.parts.map((part) => part.done)).toEqual([0.4, 0]);
    await arrive();
    expect(state.going.map((item) => item.name)).toEqual(["b.png"]);
    await arrive();
    expect(state.done).toEqual([["m1", ["id-a.png", "id-b.png"]]]);
    await arrive();
    expect(state.done.map(([id]) => id)).toEqual(["m1", "m2"]);
    expect(parcels.items).toEqual([]);
  });

  it("wait while offline, and go on where they stood", async () => {
    const { parcels, state, arrive } = post();
    state.online = false;
    parcels.add(message("m1"), [photo("a.png"), photo("b.png")]);
    expect(state.going).toEqual([]);
    state.online = true;
    parcels.pump();
    await arrive();
    state.going.shift()!.reject(new UploadError(0, "unreachable", ""));
    await settle();
    expect(parcels.items[0]!.failed).toBeUndefined();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(state.going.map((item) => item.name)).toEqual(["b.png"]);
    await arrive();
    expect(state.done).toEqual([["m1", ["id-a.png", "id-b.png"]]]);
  });

  it("stay with their reason when refused, do not hold up the rest, and can be tried again", async () => {
    const { parcels, state, arrive } = post();
    parcels.add(message("m1"), [photo("a.png")]);
    parcels.add(message("m2"), [photo("b.png")]);
    state.going.shift()!.reject(new UploadError(415, "type_mismatch", "no"));
    await settle();
    expect(parcels.items[0]!.failed?.code).toBe("type_mismatch");
    await arrive();
    expect(state.done.map(([id]) => id)).toEqual(["m2"]);
    parcels.retry("m1");
    await arrive();
    expect(state.done.map(([id]) => id)).toEqual(["m2", "m1"]);
  });

  it("can be cancelled on their way", async () => {
    const { parcels, state } = post();
    parcels.add(message("m1"), [photo("a.png")]);
    parcels.add(message("m2"), [photo("b.png")]);
    parcels.drop("m1");
    await settle();
    expect(state.going[0]!.signal.aborted).toBe(true);
    expect(parcels.items.map((item) => item.id)).toEqual(["m2"]);
    expect(state.going.map((item) => item.name)).toEqual(["a.png", "b.png"]);
    expect(state.done).toEqual([]);
  });

  it("go up once more when the service no longer knows their files, until the message is in the log", async () => {
    const { parcels, state, arrive } = post();
    parcels.add(message("m1"), [photo("a.png")]);
    await arrive();
    expect(parcels.again("m1")).toBe(true);
    await arrive();
    expect(state.done.length).toBe(2);
    parcels.settle("m1");
    expect(parcels.again("m1")).toBe(false);
  });
});

describe("files before they are sent", () => {
  it("are named with what is wrong", () => {
    const say = fileWords("en");
    expect(problemOf(photo(), 10, say)).toBe("");
    expect(problemOf(photo(), 4, say)).toBe("a.png is larger than 4 B. Please send a smaller one.");
    expect(problemOf(new File([], "a.txt"), 10, say)).toBe("a.txt is empty.");
    expect(problemOf(new File(["x"], "setup.exe"), 10, say)).toContain("setup.exe cannot be sent");
    expect(problemOf(new File(["x"], "BILL.PDF"), 10, say)).toBe("");
  });

  it("have sizes and refusals in words", () => {
    expect([5, 2048, 1_572_864, 10_485_760].map(sizeWord)).toEqual(["5 B", "2 KB", "1.5 MB", "10 MB"]);
    expect(refusal("too_large", "as the service says", "zh")).toBe("文件太大，请压缩后再发。");
    expect(refusal("something_new", "as the service says", "zh")).toBe("as the service says");
  });
});
