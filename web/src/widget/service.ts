import type { Identity } from "./api";
import type { Texts } from "./options";

/** A conversation with its token. */
export interface Opened { conversation: string; token: string; /** ISO 8601. */ expires_at: string }

export class Refused extends Error {
  constructor(readonly status: number, readonly code = "", message = "") {
    super(message || `refused with ${status}`);
  }
}

export interface Beginning {
  locale: string;
  continues?: string;
  identity?: Identity;
  resume?: boolean;
  form?: Record<string, string>;
  consent?: boolean;
}

export interface FormField { name: string; type: string; label: Texts; required: boolean }
/** What a pack asks before a conversation. */
export interface Asked {
  prechat?: { intro?: Texts; fields: FormField[] } | null;
  consent?: { text: Texts; link?: Texts } | null;
}
export interface OfflineForm { text?: Texts; fields: { name: string; label: Texts }[] }
export interface Config extends Asked { offline?: OfflineForm | null; away?: boolean }

export interface VisitRow { id: string; mode: string; last_at: string; last_text: string | null }

/** The calls over HTTP; everything that is said goes over the socket. */
export class Service {
  constructor(readonly base: string, private readonly fetcher?: typeof fetch) {}

  url(path: string): string {
    return new URL(path, this.base).href;
  }

  begin(body: Beginning, proof?: string): Promise<Opened> {
    return this.call("POST", "/api/v1/webchat/conversations", proof, body);
  }

  renew(token: string): Promise<Opened> {
    return this.call("POST", "/api/v1/webchat/token", token, {});
  }

  config(): Promise<Config> {
    return this.call("GET", "/api/v1/webchat/config");
  }

  leaveMessage(fields: Record<string, string>, token: string): Promise<{ ticket: string }> {
    return this.call("POST", "/api/v1/webchat/offline", token, { fields });
  }

  async visits(token: string): Promise<VisitRow[]> {
    return (await this.call<{ items: VisitRow[] }>("GET", "/api/v1/webchat/conversations", token)).items;
  }

  enter(conversation: string, token: string): Promise<Opened> {
    return this.call("POST", `/api/v1/webchat/conversations/${encodeURIComponent(conversation)}/token`, token, {});
  }

  /** An address of one file, good for a minute. */
  async link(file: string, token: string): Promise<string> {
    const made = await this.call<{ url: string }>("POST", `/api/v1/webchat/files/${encodeURIComponent(file)}/link`, token, {});
    return this.url(made.url);
  }

  private async call<T>(method: string, path: string, token?: string, body?: object): Promise<T> {
    const headers: Record<string, string> = body ? { "content-type": "application/json" } : {};
    if (token) headers["authorization"] = `Bearer ${token}`;
    const fetcher = this.fetcher ?? ((input: string, init: RequestInit) => fetch(input, init));
    const answer = await fetcher(this.url(path), { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (answer.ok) return (await answer.json()) as T;
    let error: { code?: string; message?: string } = {};
    try {
      error = ((await answer.json()) as { error?: typeof error }).error ?? {};
    } catch {
      // Something between us and the service answered with a page: the status says enough.
    }
    throw new Refused(answer.status, error.code, error.message);
  }
}
