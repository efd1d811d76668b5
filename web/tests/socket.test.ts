import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CEILING, FLOOR, ReconnectingSocket, backoff, socketUrl, type SocketState, type Verdict } from "../src/shared/socket";
import { FakeSocket, settle } from "./fakes";

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
});
afterEach(() => vi.useRealTimers());

function connect(options: { random?: number; onClose?: (code: number) => Verdict; hello?: () => Promise<object | null> } = {}) {
  const states: SocketState[] = [];
  const frames: object[] = [];
  const socket = new ReconnectingSocket({
    url: () => "ws://service/ws",
    hello: options.hello ?? (async () => ({ type: "hello", token: "t" })),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    make: FakeSocket.make,
    random: () => options.random ?? 0.5,
    ...(options.onClose ? { onClose: options.onClose } : {}),
  });
  socket.start();
  return { socket, states, frames };
}

async function ready(): Promise<FakeSocket> {
  await settle();
  FakeSocket.last.open();
  FakeSocket.last.frame({ type: "ready" });
  return FakeSocket.last;
}

describe("backoff", () => {
  it("stays between half a second and ten seconds, and its bound doubles", () => {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      for (const random of [0, 0.3, 0.999]) {
        expect(backoff(attempt, () => random)).toBeGreaterThanOrEqual(FLOOR);
        expect(backoff(attempt, () => random)).toBeLessThanOrEqual(CEILING);
      }
    }
    const bounds = [0, 1, 2, 3, 4, 5].map((attempt) => backoff(attempt, () => 1));
    expect(bounds).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  });
});

describe("the reconnecting socket", () => {
  it("says hello first and sends nothing before ready", async () => {
    const { socket } = connect();
    await settle();
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", token: "t" }]);
    expect(socket.send({ type: "typing" })).toBe(false);
    FakeSocket.last.frame({ type: "ready" });
    expect(socket.send({ type: "typing" })).toBe(true);
  });

  it("waits longer after each failed attempt and starts over after ready", async () => {
    connect({ random: 1 });
    for (const wait of [1000, 2000, 4000, 8000, 10_000]) {
      await settle();
      const count = FakeSocket.all.length;
      FakeSocket.last.break();
      await settle();
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(FakeSocket.all.length).toBe(count);
      await vi.advanceTimersByTimeAsync(1);
      expect(FakeSocket.all.length).toBe(count + 1);
    }
    (await ready()).break();
    const count = FakeSocket.all.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeSocket.all.length).toBe(count + 1);
  });

  it("tries at once when the network comes back, but not after a flood", async () => {
    const { socket } = connect({ onClose: (code) => (code === 4429 ? "slow" : "retry") });
    (await ready()).break();
    await settle();
    socket.nudge();
    await settle();
    expect(FakeSocket.all.length).toBe(2);
    (await ready()).break(4429);
    await settle();
    socket.nudge();
    await vi.advanceTimersByTimeAsync(CEILING - 1);
    expect(FakeSocket.all.length).toBe(2);
    await vi.advanceTimersByTimeAsync(2 * CEILING);
    expect(FakeSocket.all.length).toBe(3);
  });

  it("stops when it is told to", async () => {
    const { socket } = connect({ onClose: () => "stop" });
    (await ready()).break(4403);
    await settle();
    expect(socket.state).toBe("stopped");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all.length).toBe(1);
  });

  it("pings, and takes a connection without answer for dead", async () => {
    connect();
    const first = await ready();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(first.of("ping").length).toBe(1);
    first.frame({ type: "pong" });
    await vi.advanceTimersByTimeAsync(24_000);
    expect(first.closedWith).toBeNull();
    await vi.advanceTimersByTimeAsync(1_000 + 10_000);
    expect(first.closedWith).toBe(1000);
    await vi.advanceTimersByTimeAsync(CEILING);
    expect(FakeSocket.all.length).toBe(2);
  });

  it("gives up an attempt that is never answered", async () => {
    connect();
    await settle();
    FakeSocket.last.open();
    await vi.advanceTimersByTimeAsync(10_000 + 1000);
    expect(FakeSocket.all.length).toBe(2);
  });

  it("tries again when the first frame cannot be made", async () => {
    let tries = 0;
    connect({
      hello: async () => {
        tries += 1;
        if (tries < 3) throw new Error("no network");
        return { type: "hello" };
      },
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(tries).toBe(3);
    expect(FakeSocket.all.length).toBe(1);
  });

  it("ignores what an abandoned connection still says", async () => {
    const { socket, frames } = connect();
    const first = await ready();
    const late = first.onmessage!;
    socket.restart();
    late({ data: JSON.stringify({ type: "event" }) });
    expect(frames).toEqual([{ type: "ready" }]);
  });

  it("survives frames that are not JSON", async () => {
    const { frames } = connect();
    const first = await ready();
    first.onmessage?.({ data: "{" });
    first.onmessage?.({ data: "null" });
    first.frame({ type: "event" });
    expect(frames.length).toBe(2);
  });
});

describe("socketUrl", () => {
  it("is as secure as the page", () => {
    expect(socketUrl("/api/ws", "https://a.example/x")).toBe("wss://a.example/api/ws");
    expect(socketUrl("/api/ws", "http://a.example:8000")).toBe("ws://a.example:8000/api/ws");
  });
});
