/** One reconnecting socket for the widget and the desk: first frame, heart-beat, back-off. Knows no message but ready, ping, pong. */

export type SocketState = "idle" | "connecting" | "ready" | "waiting" | "stopped";
/** What to do after a close: `slow` waits 10–30 s, `stop` waits for a person. */
export type Verdict = "retry" | "slow" | "stop";

export interface SocketOptions {
  url: () => string;
  /** The first frame; null: not possible now (tried again later). Rejections count as a failed attempt. */
  hello: () => Promise<object | null>;
  onFrame: (frame: { type: string; [key: string]: unknown }) => void;
  onState: (state: SocketState) => void;
  onClose?: (code: number) => Verdict | Promise<Verdict>;
  make?: (url: string) => WebSocket;
  random?: () => number;
  /** Milliseconds between pings. */
  beat?: number;
}

export const FLOOR = 500;
export const CEILING = 10_000;
const ANSWER_WITHIN = 10_000;

/** Milliseconds before attempt `attempt` (0 first): full jitter between half a second and a bound that doubles up to 10 s. */
export function backoff(attempt: number, random: () => number): number {
  const bound = Math.min(CEILING, 2 * FLOOR * 2 ** Math.min(attempt, 10));
  return Math.round(FLOOR + random() * (bound - FLOOR));
}

export class ReconnectingSocket {
  state: SocketState = "idle";
  private socket: WebSocket | null = null;
  private attempt = 0;
  private generation = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private answerTimer: ReturnType<typeof setTimeout> | undefined;
  private beatTimer: ReturnType<typeof setTimeout> | undefined;
  private slow = false;

  constructor(private readonly options: SocketOptions) {}

  start(): void {
    if (this.state === "connecting" || this.state === "ready") return;
    void this.connect();
  }

  stop(): void {
    this.drop();
    this.set("stopped");
  }

  /** Try at once instead of waiting for the timer: the network or the page came back. Not after a flood warning. */
  nudge(): void {
    if (this.state === "waiting" && !this.slow) {
      this.attempt = 0;
      void this.connect();
    } else if (this.state === "ready") {
      this.ping();
    }
  }

  /** Drop the connection and try again: an answer that was due did not come. */
  restart(): void {
    this.drop();
    this.later(false);
  }

  send(frame: object): boolean {
    if (this.state !== "ready" || this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Authenticate again in place, with a fresh first frame. */
  async rehello(): Promise<void> {
    const generation = this.generation;
    const frame = await this.options.hello();
    if (frame && generation === this.generation && this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }

  private async connect(): Promise<void> {
    this.drop();
    const generation = this.generation;
    this.slow = false;
    this.set("connecting");
    let frame: object | null;
    try {
      frame = await this.options.hello();
    } catch {
      frame = null;
    }
    if (generation !== this.generation) return;
    if (!frame) return this.later(false);
    let socket: WebSocket;
    try {
      socket = (this.options.make ?? ((url) => new WebSocket(url)))(this.options.url());
    } catch {
      return this.later(false);
    }
    this.socket = socket;
    this.expectAnswer();
    const first = JSON.stringify(frame);
    socket.onopen = () => socket.send(first);
    socket.onmessage = (message) => {
      if (socket === this.socket) this.receive(String(message.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket) void this.closed(event.code);
    };
  }

  private receive(data: string): void {
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
    let frame: { type: string };
    try {
      frame = JSON.parse(data) as { type: string };
    } catch {
      return;
    }
    if (!frame || typeof frame !== "object" || frame.type === "pong") return;
    if (frame.type === "ready") {
      this.attempt = 0;
      this.set("ready");
      this.scheduleBeat();
    }
    this.options.onFrame(frame);
  }

  private async closed(code: number): Promise<void> {
    this.drop();
    const generation = this.generation;
    this.set("waiting");
    const verdict = this.options.onClose ? await this.options.onClose(code) : "retry";
    if (generation !== this.generation) return;
    if (verdict === "stop") this.set("stopped");
    else this.later(verdict === "slow");
  }

  private later(slow: boolean): void {
    this.slow = slow;
    const random = this.options.random ?? Math.random;
    const delay = slow ? CEILING + Math.round(random() * 2 * CEILING) : backoff(this.attempt, random);
    this.attempt += 1;
    this.set("waiting");
    this.retryTimer = setTimeout(() => void this.connect(), delay);
  }

  private scheduleBeat(): void {
    clearTimeout(this.beatTimer);
    this.beatTimer = setTimeout(() => {
      this.ping();
      this.scheduleBeat();
    }, this.options.beat ?? 25_000);
  }

  private ping(): void {
    if (this.send({ type: "ping" }) && this.answerTimer === undefined) this.expectAnswer();
  }

  private expectAnswer(): void {
    clearTimeout(this.answerTimer);
    this.answerTimer = setTimeout(() => this.restart(), ANSWER_WITHIN);
  }

  private drop(): void {
    this.generation += 1;
    clearTimeout(this.retryTimer);
    clearTimeout(this.answerTimer);
    clearTimeout(this.beatTimer);
    this.answerTimer = undefined;
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      if (socket.readyState <= 1) socket.close(1000);
    }
  }

  private set(state: SocketState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onState(state);
  }
}

/** Same host, secure when the page is. */
export function socketUrl(path: string, base: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Calls `nudge` when the network or the page comes back. Returns the way to stop listening. */
export function onComeback(nudge: () => void): () => void {
  const visible = (): void => {
    if (document.visibilityState === "visible") nudge();
  };
  window.addEventListener("online", nudge);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", nudge);
    document.removeEventListener("visibilitychange", visible);
  };
}
