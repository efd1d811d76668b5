/** A socket that the test drives by hand. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closedWith: number | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1]!;
  }

  static make = (url: string): WebSocket => new FakeSocket(url) as unknown as WebSocket;

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }

  close(code: number): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  frame(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  of(type: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame["type"] === type);
  }
}

export class MemoryStorage {
  readonly values = new Map<string, string>();
  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }
  removeItem(key: string): void {
    this.values.delete(key);
  }
}

export interface Call { path: string; body: Record<string, unknown>; headers: Record<string, string>; method: string }

/** Answers of a service, by path; the calls are kept. */
export function fakeFetch(answer: (call: Call) => { status?: number; body?: unknown } | Promise<never>): { fetch: typeof fetch; calls: Call[] } {
  const calls: Call[] = [];
  const call = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const made: Call = {
      path: new URL(String(input)).pathname,
      body: init?.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {},
      headers: (init?.headers ?? {}) as Record<string, string>,
      method: init?.method ?? "GET",
    };
    calls.push(made);
    const { status = 200, body = {} } = await answer(made);
    return new Response(JSON.stringify(body), { status });
  };
  return { fetch: call as typeof fetch, calls };
}

/** Lets promises settle under fake timers. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
