/** Messages with files that are still going up: in order, one file at a time; when all are there, the message itself is sent. */

import { UploadError, isPicture, type FileRef } from "./files";

export interface Part { file: File; preview: string; done: number; ref?: FileRef }

export interface Parcel {
  id: string;
  text: string;
  at: string;
  /** The desk only: where it goes. */
  conversation?: string;
  parts: Part[];
  /** Refused by the service; stays until the person sends it again or drops it. */
  failed?: { code: string; message: string };
}

export interface ParcelOptions {
  /** Whether the service can be reached now. */
  ready: () => boolean;
  send: (parcel: Parcel, part: Part, onProgress: (done: number) => void, signal: AbortSignal) => Promise<FileRef>;
  /** All files are up. */
  done: (parcel: Parcel, files: FileRef[]) => void;
  onChange: () => void;
}

const PAUSE = 4_000;

export class Parcels {
  items: Parcel[] = [];
  /** Handed on, but the message is not yet acknowledged: its files may be needed once more. */
  private readonly handed = new Map<string, Parcel>();
  private busy: { id: string; abort: AbortController } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: ParcelOptions) {}

  add(parcel: Omit<Parcel, "parts">, files: File[]): void {
    const parts = files.map((file) => ({ file, preview: isPicture(file.type) ? URL.createObjectURL(file) : "", done: 0 }));
    this.items = [...this.items, { ...parcel, parts }];
    this.options.onChange();
    this.pump();
  }

  /** Cancels what is on its way, or removes what was refused. */
  drop(id: string): void {
    const parcel = this.items.find((item) => item.id === id);
    if (!parcel) return;
    this.items = this.items.filter((item) => item !== parcel);
    release(parcel);
    if (this.busy?.id === id) this.busy.abort.abort();
    this.options.onChange();
    this.pump();
  }

  retry(id: string): void {
    const parcel = this.items.find((item) => item.id === id);
    if (parcel) delete parcel.failed;
    this.options.onChange();
    this.pump();
  }

  /** The message is in the log. */
  settle(id: string): void {
    const parcel = this.handed.get(id);
    if (parcel) release(parcel);
    this.handed.delete(id);
  }

  /** The service does not know the files of a message (any more): they go up again. False: we have them no longer either. */
  again(id: string): boolean {
    const parcel = this.handed.get(id);
    if (!parcel) return false;
    this.handed.delete(id);
    for (const part of parcel.parts) {
      delete part.ref;
      part.done = 0;
    }
    this.items = [...this.items, parcel];
    this.options.onChange();
    this.pump();
    return true;
  }

  /** Another conversation: what was up is not there. */
  restart(): void {
    this.busy?.abort.abort();
    for (const parcel of this.items) for (const part of parcel.parts) delete part.ref;
  }

  pump(): void {
    clearTimeout(this.timer);
    const parcel = this.items.find((item) => !item.failed);
    if (this.busy || !parcel || !this.options.ready()) return;
    const part = parcel.parts.find((item) => !item.ref);
    if (part) void this.send(parcel, part);
    else this.finish(parcel);
  }

  private finish(parcel: Parcel): void {
    this.items = this.items.filter((item) => item !== parcel);
    this.handed.set(parcel.id, parcel);
    this.options.done(parcel, parcel.parts.map((part) => part.ref!));
    this.options.onChange();
    this.pump();
  }

  private async send(parcel: Parcel, part: Part): Promise<void> {
    const abort = new AbortController();
    this.busy = { id: parcel.id, abort };
    let wait = false;
    try {
      const progress = (done: number): void => {
        part.done = done;
        this.options.onChange();
      };
      const ref = await this.options.send(parcel, part, progress, abort.signal);
      if (!abort.signal.aborted) part.ref = ref;
    } catch (error) {
      part.done = 0;
      const known = error instanceof UploadError ? error : new UploadError(0, "unreachable", String(error));
      if (!abort.signal.aborted) {
        if (known.passing) wait = true;
        else parcel.failed = { code: known.code, message: known.message };
      }
    }
    this.busy = null;
    this.options.onChange();
    if (wait) this.timer = setTimeout(() => this.pump(), PAUSE);
    else this.pump();
  }
}

function release(parcel: Parcel): void {
  for (const part of parcel.parts) if (part.preview) URL.revokeObjectURL(part.preview);
}
