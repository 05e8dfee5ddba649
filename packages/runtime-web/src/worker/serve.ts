// The worker's side: one model, one request at a time. It imports nothing of Espalier but this folder, so that
// it runs unbundled as well, and it is ended from outside, whatever it is doing.

import { EngineFailure, type WorkerEngine, type WorkerModel } from "./engine.js";
import type { FailureReply, Message, MessageArray, Reply, Request } from "./messages.js";
import { calibrate, type TimedRun, timeSamples, warmUp } from "./timing.js";

const OUT_OF_MEMORY =
  /bad_alloc|failed to allocate|allocation failed|out of memory|smaller than requested bytes|cannot allocate memory/i;

/** What this file uses of the worker's global scope; the types of workers and of pages exclude each other. */
interface WorkerScope {
  readonly name: string;
  onmessage: ((event: { readonly data: Message<Request> }) => void) | null;
  postMessage(message: Message<Reply>, transfer: readonly ArrayBufferLike[]): void;
}

/** Serves requests with `engine` until the worker is ended. */
export function serve(engine: WorkerEngine): void {
  const scope = globalThis as unknown as WorkerScope;
  // The engine's threads are workers of the same script: those are served by the engine itself.
  if (scope.name.startsWith("em-pthread")) return;
  const worker = new ModelServer(engine);
  scope.onmessage = ({ data: { header, arrays } }) => {
    worker.answer(header, arrays).then(
      (reply) =>
        scope.postMessage(
          reply,
          reply.arrays.map(({ buffer }) => buffer),
        ),
      (error) => scope.postMessage({ header: failure(header, error), arrays: [] }, []),
    );
  };
}

class ModelServer {
  readonly #engine: WorkerEngine;
  #model: WorkerModel | null = null;
  #prepared: TimedRun | null = null;

  constructor(engine: WorkerEngine) {
    this.#engine = engine;
  }

  async answer(request: Request, arrays: readonly MessageArray[]): Promise<Message<Reply>> {
    switch (request.type) {
      case "start": {
        const start = performance.now();
        await this.#engine.start(request.settings);
        const startMs = performance.now() - start;
        return { header: { type: "started", startMs, memoryBytes: this.#engine.memoryBytes() }, arrays: [] };
      }
      case "load":
        return { header: await this.#load(request.settings, request.external, arrays), arrays: [] };
      case "run": {
        const feeds = { tensors: request.tensors, arrays };
        const { tensors, arrays: results } = await this.#loaded.run(feeds, request.fetches);
        return { header: { type: "ran", tensors }, arrays: results };
      }
      case "profile":
        return { header: { type: "profiled", trace: this.#loaded.endProfile() }, arrays: [] };
      case "prepare":
        this.#prepared = this.#loaded.prepare({ tensors: request.tensors, arrays });
        await warmUp(this.#prepared, request.warmUp);
        return { header: { type: "prepared" }, arrays: [] };
      case "calibrate": {
        const runsPerSample = await calibrate(this.#timed);
        return { header: { type: "calibrated", runsPerSample }, arrays: [] };
      }
      case "time":
        return { header: { type: "timed" }, arrays: [await timeSamples(this.#timed, request)] };
      case "memory":
        return { header: { type: "memory", memoryBytes: this.#engine.memoryBytes() }, arrays: [] };
    }
  }

  async #load(
    settings: object,
    external: readonly string[],
    [bytes, ...data]: readonly MessageArray[],
  ): Promise<Reply> {
    const former = this.#model;
    [this.#model, this.#prepared] = [null, null];
    await former?.release();
    const files = external.map((path, i) => ({ path, data: data[i] as Uint8Array }));
    const start = performance.now();
    this.#model = await this.#engine.load(bytes as Uint8Array, files, settings);
    const loadMs = performance.now() - start;
    const { inputs, outputs } = this.#model;
    return { type: "loaded", inputs, outputs, loadMs };
  }

  get #timed(): TimedRun {
    if (this.#prepared === null) throw new Error("no inputs are prepared");
    return this.#prepared;
  }

  get #loaded(): WorkerModel {
    if (this.#model === null) throw new Error("no model is loaded");
    return this.#model;
  }
}

function failure({ type }: Request, error: unknown): FailureReply {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 4096);
  if (error instanceof EngineFailure) {
    return { type: "failure", kind: "engine", message, ...(error.asset && { asset: error.asset }) };
  }
  if (type === "start") return { type: "failure", kind: "engine", message };
  if (OUT_OF_MEMORY.test(message)) return { type: "failure", kind: "memory", message };
  return { type: "failure", kind: type === "load" ? "refused" : "failed", message };
}
