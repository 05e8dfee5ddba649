// The script of the page that is driven from Node: passes messages between the server it came from and workers
// of its own. Loaded unbundled, so it imports nothing but its neighbours.

import { findWebGpu } from "../web-gpu.js";
import type { Message, Reply, Request } from "../worker/messages.js";
import { decodeMessage, encodeMessage } from "./wire.js";

const workers = new Map<string, Worker>();
/** Browsers share a compiled module among the workers of a page as long as one of them, or the page, holds it. */
const engines = new Map<string, Promise<WebAssembly.Module | null>>();

/** What Node calls by name. */
export interface Relay {
  /** Starts the worker `id` from `script`, whose engine lies at `wasm`. */
  open(id: string, script: string, wasm: string): void;
  /** Passes the message that lies at `path` on to the worker. */
  post(id: string, path: string): Promise<void>;
  terminate(id: string): void;
  facts(): { readonly crossOriginIsolated: boolean; readonly cores: number; readonly jspi: boolean };
  findWebGpu: typeof findWebGpu;
}

const relay: Relay = {
  open(id, script, wasm) {
    if (!engines.has(wasm)) {
      // A failure is the worker's to tell.
      engines.set(
        wasm,
        WebAssembly.compileStreaming(fetch(wasm)).catch(() => null),
      );
    }
    const worker = new Worker(script, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Message<Reply>>) =>
      void reply(id, "message", encodeMessage(data));
    worker.onerror = ({ message }) => void reply(id, "error", new TextEncoder().encode(message ?? ""));
    workers.set(id, worker);
  },
  async post(id, path) {
    const response = await fetch(path);
    const message = decodeMessage<Request>(new Uint8Array(await response.arrayBuffer()));
    workers.get(id)?.postMessage(
      message,
      message.arrays.map(({ buffer }) => buffer as ArrayBuffer),
    );
  },
  terminate(id) {
    workers.get(id)?.terminate();
    workers.delete(id);
  },
  facts: () => ({
    crossOriginIsolated: globalThis.crossOriginIsolated,
    cores: navigator.hardwareConcurrency,
    jspi: "Suspending" in WebAssembly,
  }),
  findWebGpu,
};

Object.assign(globalThis, { espalierRelay: relay });

async function reply(id: string, kind: "message" | "error", body: Uint8Array<ArrayBuffer>): Promise<void> {
  await fetch(`replies/${kind}/${id}`, { method: "POST", body });
}
