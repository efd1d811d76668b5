/** Files on their way up and the addresses under which they come down. */

import type { Locale } from "./protocol";

/** An upload as the service knows it. */
export interface FileRef { file: string; name: string; type: string; size: number }

const ENDINGS = ["jpg", "jpeg", "png", "gif", "webp", "pdf", "txt", "log", "csv", "md", "docx", "xlsx", "mp3", "ogg", "oga", "opus", "wav"];
/** Pictures by their types, so that a phone turns what it alone can read into JPEG; the rest by endings. */
export const ACCEPT = ["image/jpeg", "image/png", "image/gif", "image/webp", ...ENDINGS.slice(5).map((ending) => `.${ending}`)].join();
export const MOST = 10;

export const isPicture = (type: string): boolean => /^image\/(jpeg|png|gif|webp)$/.test(type);

const words = {
  zh: {
    attach: "添加文件", remove: "移除 {name}", tray: "待发送的文件", drop: "松开即可添加文件",
    large: "{name} 超过 {limit}，请压缩后再发。", kind: "{name} 不是可以发送的类型。可以发送图片、PDF、文本、Word、Excel 和录音。",
    empty: "{name} 是空文件。", many: "一次最多发送 {count} 个文件。", sending: "正在上传 {percent}%", queued: "等待上传", cancel: "取消",
    open: "打开 {name}", gone: "暂时打不开，请稍后再试。", failed: "未能发送", again: "重新发送", discard: "删除",
    too_large: "文件太大，请压缩后再发。", unsupported_type: "这种文件无法接收，请换成图片、PDF 或文本。", type_mismatch: "文件内容与名称不符，请另存为正确的格式后再发。",
    damaged: "文件已损坏，请重新拍摄或另存后再发。", image_too_large: "图片尺寸过大，请缩小后再发。", empty_file: "这个文件是空的。", too_many_files: "本次会话的文件数量已达上限。", files_off: "这里暂不能发送文件。",
  },
  en: {
    attach: "Add a file", remove: "Remove {name}", tray: "Files to send", drop: "Drop files to add them",
    large: "{name} is larger than {limit}. Please send a smaller one.", kind: "{name} cannot be sent. Pictures, PDF, text, Word, Excel and recordings can.",
    empty: "{name} is empty.", many: "Up to {count} files can go at once.", sending: "Uploading {percent}%", queued: "Waiting to upload", cancel: "Cancel",
    open: "Open {name}", gone: "This cannot be opened now. Try again in a moment.", failed: "Not sent", again: "Send again", discard: "Delete",
    too_large: "This file is too large. Please send a smaller one.", unsupported_type: "This kind of file is not taken. Send a picture, a PDF or a text instead.", type_mismatch: "The file is not what its name says. Save it in the right form and send it then.",
    damaged: "This file is damaged. Take or save it again, then send it.", image_too_large: "This picture has too many pixels. Make it smaller and send it.", empty_file: "This file is empty.", too_many_files: "This conversation has reached its number of files.", files_off: "Files cannot be sent here.",
  },
} as const;

export type FileWord = keyof (typeof words)["zh"];
export type SayFile = (word: FileWord, values?: Record<string, string | number>) => string;

export const fileWords = (locale: Locale): SayFile => (word, values = {}) =>
  words[locale][word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** Why an upload was refused: in our words where we have some, else in the service's. */
export function refusal(code: string, message: string, locale: Locale): string {
  return (words[locale] as Record<string, string>)[code] ?? message;
}

/** Refusals of what is in the file: the same file is refused again. */
const INSIDE = new Set(["too_large", "unsupported_type", "type_mismatch", "damaged", "image_too_large", "empty_file"]);
export const hopeless = (code: string): boolean => INSIDE.has(code);

export function sizeWord(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1_048_576).toFixed(bytes < 10_485_760 ? 1 : 0).replace(/\.0$/, "")} MB`;
}

/** What is wrong with a file before it is sent; the service looks at its inside. */
export function problemOf(file: File, limit: number, say: SayFile): string {
  const name = file.name;
  const ending = name.includes(".") ? name.split(".").pop()!.toLowerCase() : "";
  if (!file.size) return say("empty", { name });
  if (file.size > limit) return say("large", { name, limit: sizeWord(limit) });
  return isPicture(file.type) || ENDINGS.includes(ending) ? "" : say("kind", { name });
}

/** `status` 0: no answer at all. */
export class UploadError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }

  /** Whether the same file may come through a little later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 401 || this.status === 429 || this.status >= 500;
  }
}

export interface UploadOptions { url: string; token: string; file: File; onProgress: (part: number) => void; signal: AbortSignal }

/** One file by XMLHttpRequest: `fetch` does not tell how far an upload is. */
export function upload({ url, token, file, onProgress, signal }: UploadOptions): Promise<FileRef> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", url);
    request.setRequestHeader("authorization", `Bearer ${token}`);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      let answer: (FileRef & { error?: { code: string; message: string } }) | null = null;
      try {
        answer = JSON.parse(request.responseText) as FileRef;
      } catch {
        // A proxy's page instead of JSON: the status says enough.
      }
      if (request.status === 201 && answer) resolve(answer);
      else if (request.status === 413 && !answer) reject(new UploadError(413, "too_large", "too large"));
      else reject(new UploadError(request.status, answer?.error?.code ?? String(request.status), answer?.error?.message ?? `HTTP ${request.status}`));
    };
    request.onerror = () => reject(new UploadError(0, "unreachable", "no connection"));
    request.onabort = () => reject(new UploadError(-1, "cancelled", "cancelled"));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** Opens a fetched address as a click would: pictures in a tab of their own, everything else is saved. */
export function follow(url: string): void {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  anchor.click();
}
