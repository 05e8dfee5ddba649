// Decodes requests and encodes replies. What is large goes to a thread of its own, so that one client's megabytes
// of JSON do not hold up the others.

import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Feeds } from "@espalier/core";
import { Refusal } from "../server/refusal.js";
import type { CodecReply, CodecRequest } from "./codec-thread.js";
import { decodeJson, type JsonRules } from "./decode-json.js";
import { countElements, encodeJson, type Outputs } from "./encode-outputs.js";
import type { Port } from "./port.js";

/** About a millisecond of work. */
const SMALL_BODY = 32 * 1024;
const SMALL_OUTPUT = 8192;
const MOST_WAITING = 16;
const DEADLINE_MS = 10_000;
const OLD_GENERATION_MIB = 512;

interface Job {
  readonly request: CodecRequest;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (reply: CodecReply) => void;
  readonly reject: (error: Error) => void;
}

export class Codec {
  readonly #inputs: readonly Port[];
  readonly #rules: JsonRules;
  readonly #jobs: Job[] = [];
  #thread: Worker | null = null;
  #running: { readonly job: Job; readonly timer: NodeJS.Timeout } | null = null;

  constructor(inputs: readonly Port[], rules: JsonRules) {
    this.#inputs = inputs;
    this.#rules = rules;
  }

  /** @throws Refusal `INVALID_JSON`, `INVALID_INPUT`, `OVERLOADED` */
  async decode(body: Uint8Array<ArrayBuffer>): Promise<Feeds> {
    if (body.byteLength <= SMALL_BODY) return decodeJson(body, this.#inputs, this.#rules);
    const bytes = body.slice();
    const reply = await this.#ask({ type: "decode", bytes, inputs: this.#inputs, rules: this.#rules }, [
      bytes.buffer,
    ]);
    if (reply.type === "refused") throw Refusal.of(reply.refusal);
    if (reply.type !== "decoded") throw new Error("the codec gave no tensors");
    return reply.feeds;
  }

  /** @throws Refusal `OVERLOADED` */
  async encode(outputs: Outputs): Promise<Uint8Array> {
    if (countElements(outputs) <= SMALL_OUTPUT) return encodeJson(outputs);
    const reply = await this.#ask({ type: "encode", outputs }, []);
    if (reply.type !== "encoded") throw new Error("the codec gave no text");
    return reply.bytes;
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #ask(request: CodecRequest, transfer: readonly ArrayBuffer[]): Promise<CodecReply> {
    if (this.#jobs.length >= MOST_WAITING)
      return Promise.reject(new Refusal("OVERLOADED", { retryAfter: 1, found: "large JSON of others" }));
    return new Promise((resolve, reject) => {
      this.#jobs.push({ request, transfer, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== null) return;
    const job = this.#jobs.shift();
    if (job === undefined) {
      this.#thread?.unref();
      return;
    }
    this.#thread ??= this.#start();
    const thread = this.#thread;
    thread.ref();
    // It ends by itself, in a time that grows with the bytes; this is for what nobody thought of.
    const timer = setTimeout(() => void thread.terminate(), DEADLINE_MS);
    this.#running = { job, timer };
    thread.postMessage(job.request, job.transfer);
  }

  #start(): Worker {
    const thread = new Worker(fileURLToPath(new URL("./codec-thread.js", import.meta.url)), {
      resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MIB },
    });
    thread.on("message", (reply: CodecReply) => this.#done((job) => job.resolve(reply)));
    thread.on("error", () => {}); // "exit" follows
    thread.on("exit", () => {
      if (this.#thread === thread) this.#thread = null;
      this.#done((job) =>
        job.reject(new Refusal("MEMORY", { found: "JSON that takes too much time or memory" })),
      );
    });
    return thread;
  }

  #done(settle: (job: Job) => void): void {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    clearTimeout(running.timer);
    settle(running.job);
    this.#next();
  }
}
