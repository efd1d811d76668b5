import { upload, type FileRef } from "../shared/files";
import { Parcels, type Parcel } from "../shared/parcels";
import { newId } from "../shared/text";
import type { Api } from "./api";

/** An agent's files: on their way up, and the addresses of those in a conversation. */
export class DeskFiles {
  /** Bytes of one file; 0: files are off. */
  limit = 0;
  readonly parcels: Parcels;

  constructor(
    private readonly api: Api, base: string, ready: () => boolean,
    done: (parcel: Parcel, files: FileRef[]) => void, onChange: () => void,
  ) {
    this.parcels = new Parcels({
      ready: () => ready() && this.limit > 0,
      send: async ({ conversation }, { file }, onProgress, signal) =>
        upload({ url: `${base}/api/v1/conversations/${encodeURIComponent(conversation!)}/files`, token: await api.token(), file, onProgress, signal }),
      done,
      onChange,
    });
  }

  of(conversation: string): Parcel[] {
    return this.parcels.items.filter((parcel) => parcel.conversation === conversation);
  }

  say(conversation: string, text: string, files: File[], at: string): void {
    this.parcels.add({ id: newId(), text, at, conversation }, files);
  }

  /** Good for one file and a minute. */
  async link(conversation: string, file: string): Promise<string> {
    const path = `/conversations/${encodeURIComponent(conversation)}/files/${encodeURIComponent(file)}/link`;
    return (await this.api.request<{ url: string }>("POST", path)).url;
  }
}
