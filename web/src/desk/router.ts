/** Where the desk is: the page, and what of it, as in `#/ledger/c1`. */
export interface Place { page: string; rest: string[] }

export function placeOf(hash: string): Place {
  const parts = hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decoded);
  return { page: parts[0] ?? "", rest: parts.slice(1) };
}

export function hashOf(page: string, ...rest: string[]): string {
  return `#/${[page, ...rest].map(encodeURIComponent).join("/")}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

type Place_ = Pick<Window, "addEventListener" | "removeEventListener"> & { location: { hash: string } };

/** Reads the place from the address, and tells when it changes: back and forward work as everywhere. */
export class Router {
  place: Place;

  constructor(private readonly view: Place_, private readonly changed: (place: Place) => void) {
    this.place = placeOf(view.location.hash);
  }

  start(): void {
    this.view.addEventListener("hashchange", this.onHash);
  }

  stop(): void {
    this.view.removeEventListener("hashchange", this.onHash);
  }

  go(page: string, ...rest: string[]): void {
    const hash = hashOf(page, ...rest);
    if (this.view.location.hash !== hash) this.view.location.hash = hash;
  }

  private readonly onHash = (): void => {
    this.place = placeOf(this.view.location.hash);
    this.changed(this.place);
  };
}
