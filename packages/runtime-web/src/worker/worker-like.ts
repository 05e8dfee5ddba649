// What the runtime needs of a worker: the dedicated worker of a page, or one that is driven over a wire.

import type { Message, Reply, Request } from "./messages.js";

export interface WorkerLike {
  postMessage(message: Message<Request>, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: Message<Reply> }) => void): void;
  addEventListener(type: "error", listener: (event: { readonly message?: string }) => void): void;
  terminate(): void;
}
