import type { KeyValue } from "../shared/outbox";
import { readJson, writeJson } from "../shared/outbox";

const KEY = "switchboard.desk.v1";

interface Tokens {
  access_token: string;
  refresh_token: string;
  /** Milliseconds since 1970. */
  until: number;
  role: string;
}

/** `status` 0: no answer at all. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

/** HTTP with the agent's tokens: renewed in time, and once more when refused. */
export class Api {
  private tokens: Tokens | null;
  private renewing: Promise<void> | null = null;

  constructor(
    private readonly base: string, private readonly storage: KeyValue, private readonly onSignedOut: () => void,
    private readonly call: (input: string, init: RequestInit) => Promise<Response> = (input, init) => fetch(input, init),
  ) {
    this.tokens = readJson<Tokens>(storage, KEY);
  }

  get signedIn(): boolean {
    return Boolean(this.tokens?.refresh_token);
  }

  async signIn(username: string, password: string): Promise<void> {
    this.keep(await this.raw("POST", "/auth/token", { username, password }, false));
  }

  async signOut(): Promise<void> {
    const refresh_token = this.tokens?.refresh_token;
    try {
      if (refresh_token) await this.raw("POST", "/auth/logout", { refresh_token }, true);
    } catch {
      // Signed out here in any case; the token ends by itself.
    }
    this.forget();
  }

  /** A token good for at least another half minute. */
  async token(): Promise<string> {
    if (!this.tokens) throw new ApiError(401, "signed_out", "signed out");
    if (this.tokens.until - Date.now() < 30_000) await this.refresh();
    return this.tokens.access_token;
  }

  /** The current access token was refused: the next use renews it. */
  stale(): void {
    if (this.tokens) this.tokens = { ...this.tokens, until: 0 };
  }

  async get<T>(path: string): Promise<T> {
    return this.request<T>("GET", path);
  }

  async request<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
    await this.token();
    try {
      return await this.raw<T>(method, path, body, true, headers);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      await this.refresh();
      return this.raw<T>(method, path, body, true, headers);
    }
  }

  private refresh(): Promise<void> {
    this.renewing ??= this.doRefresh().finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async doRefresh(): Promise<void> {
    try {
      this.keep(await this.raw("POST", "/auth/refresh", { refresh_token: this.tokens?.refresh_token }, false));
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
        this.forget();
        this.onSignedOut();
      }
      throw error;
    }
  }

  private keep(answer: { access_token: string; refresh_token?: string; expires_in: number; role?: string }): void {
    this.tokens = {
      access_token: answer.access_token,
      refresh_token: answer.refresh_token ?? this.tokens?.refresh_token ?? "",
      until: Date.now() + answer.expires_in * 1000,
      role: answer.role ?? this.tokens?.role ?? "agent",
    };
    writeJson(this.storage, KEY, this.tokens);
  }

  private forget(): void {
    this.tokens = null;
    writeJson(this.storage, KEY, null);
  }

  private async raw<T>(method: string, path: string, body: object | undefined, bearer: boolean, extra: Record<string, string> = {}): Promise<T> {
    const headers: Record<string, string> = { ...extra };
    if (body) headers["content-type"] = "application/json";
    if (bearer && this.tokens) headers["authorization"] = `Bearer ${this.tokens.access_token}`;
    let answer: Response;
    try {
      answer = await this.call(`${this.base}/api/v1${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    } catch {
      throw new ApiError(0, "unreachable", "no connection");
    }
    const text = await answer.text();
    let value: unknown = null;
    try {
      value = text ? JSON.parse(text) : null;
    } catch {
      // A proxy's page instead of JSON: the status says enough.
    }
    if (!answer.ok) {
      const error = (value as { error?: { code?: string; message?: string } } | null)?.error;
      throw new ApiError(answer.status, error?.code ?? String(answer.status), error?.message ?? `HTTP ${answer.status}`);
    }
    return value as T;
  }
}
