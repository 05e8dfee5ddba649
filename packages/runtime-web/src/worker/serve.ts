// The worker's side: one model, one request at a time. It imports nothing of Espalier but this folder, so that
// it runs unbundled as well, and it is ended from outside, whatever it is doing.

import type { InferenceSession } from "onnxruntime-common";
import { assetFailure } from "./asset-failure.js";
import { type CapturedOutput, captureOutput } from "./captured-output.js";
import { watchMemory } from "./linear-memory.js";
import type {
  AssetFailure,
  EngineSettings,
  FailureReply,
  Message,
  MessageArray,
  PortHeader,
  Reply,
  Request,
  SessionSettings,
} from "./messages.js";
import type { Engine } from "./onnxruntime.js";
import { START_MODEL } from "./start-model.js";
import { fromOrtTensors, toOrtTensors } from "./tensor-messages.js";
import { calibrate, type Prepared, timeSamples, warmUp } from "./timing.js";

const MAX_REPLY_BYTES = 1024 ** 3;
const OUT_OF_MEMORY =
  /bad_alloc|failed to allocate|allocation failed|out of memory|smaller than requested bytes|cannot allocate memory/i;

/** What this file uses of the worker's global scope; the types of workers and of pages exclude each other. */
interface WorkerScope {
  readonly name: string;
  onmessage: ((event: { readonly data: Message<Request> }) => void) | null;
  postMessage(message: Message<Reply>, transfer: readonly ArrayBufferLike[]): void;
}

/** Serves requests with `engine` until the worker is ended. */
export function serve(engine: Engine): void {
  const scope = globalThis as unknown as WorkerScope;
  // The engine's threads are workers of the same script: those are served by the engine itself.
  if (scope.name.startsWith("em-pthread")) return;
  const worker = new EngineWorker(engine);
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

class EngineFailure extends Error {
  override readonly name: string = "EngineFailure";
  readonly asset: AssetFailure | null;

  constructor(cause: unknown, asset: AssetFailure | null) {
    super(messageOf(cause), { cause });
    this.asset = asset;
  }
}

class EngineWorker {
  readonly #engine: Engine;
  #memoryBytes: () => number = () => 0;
  #session: InferenceSession | null = null;
  #preparation: Prepared | null = null;
  #output: CapturedOutput | null = null;
  #profiling = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async answer(request: Request, arrays: readonly MessageArray[]): Promise<Message<Reply>> {
    switch (request.type) {
      case "start":
        return { header: await this.#start(request.settings), arrays: [] };
      case "load":
        return { header: await this.#load(request.settings, request.external, arrays), arrays: [] };
      case "run": {
        const feeds = toOrtTensors(this.#engine.ort, request.tensors, arrays);
        const names = request.fetches ?? tensorOutputs(this.#loaded);
        const packed = fromOrtTensors(await this.#loaded.run(feeds, [...names]), MAX_REPLY_BYTES);
        return { header: { type: "ran", tensors: packed.tensors }, arrays: packed.arrays };
      }
      case "profile":
        return { header: { type: "profiled", trace: this.#endProfile() }, arrays: [] };
      case "prepare": {
        const feeds = toOrtTensors(this.#engine.ort, request.tensors, arrays);
        this.#preparation = { session: this.#loaded, feeds };
        await warmUp(this.#preparation, request.warmUp);
        return { header: { type: "prepared" }, arrays: [] };
      }
      case "calibrate": {
        const runsPerSample = await calibrate(this.#prepared);
        return { header: { type: "calibrated", runsPerSample }, arrays: [] };
      }
      case "time":
        return { header: { type: "timed" }, arrays: [await timeSamples(this.#prepared, request)] };
      case "memory":
        return { header: { type: "memory", memoryBytes: this.#memoryBytes() }, arrays: [] };
    }
  }

  async #start(settings: EngineSettings): Promise<Reply> {
    const { ort, executionProvider, needsMjs } = this.#engine;
    const wasm = settings.wasm ?? this.#engine.wasm;
    const mjs = settings.mjs ?? (needsMjs && settings.threads > 1 ? this.#engine.mjs : null);
    this.#memoryBytes = watchMemory(settings.memoryBytes);
    this.#output = captureOutput();
    ort.env.logLevel = "error";
    ort.env.wasm.numThreads = settings.threads;
    ort.env.wasm.wasmPaths = mjs === null ? { wasm } : { wasm, mjs };
    const start = performance.now();
    try {
      const options = { executionProviders: [executionProvider] };
      await (await ort.InferenceSession.create(START_MODEL, options)).release();
    } catch (error) {
      const asset = mjs === null ? null : await assetFailure(mjs, "JavaScript");
      throw new EngineFailure(error, asset ?? (await assetFailure(wasm, "wasm")));
    }
    return { type: "started", startMs: performance.now() - start, memoryBytes: this.#memoryBytes() };
  }

  async #load(
    { optimisation, freeDims, profile }: SessionSettings,
    external: readonly string[],
    [bytes, ...data]: readonly MessageArray[],
  ): Promise<Reply> {
    await this.#release();
    const start = performance.now();
    this.#session = await this.#engine.ort.InferenceSession.create(bytes as Uint8Array, {
      executionProviders: [this.#engine.executionProvider],
      graphOptimizationLevel: optimisation ?? "all",
      logSeverityLevel: 4, // failures are thrown; the same text on the console would be noise
      enableProfiling: profile,
      ...(freeDims === undefined ? {} : { freeDimensionOverrides: freeDims }),
      externalData: external.map((path, i) => ({ path, data: data[i] as Uint8Array })),
    });
    const loadMs = performance.now() - start;
    this.#profiling = profile;
    const { inputMetadata, outputMetadata } = this.#session;
    return {
      type: "loaded",
      inputs: inputMetadata.map(portHeader),
      outputs: outputMetadata.map(portHeader),
      loadMs,
    };
  }

  /** Ends profiling. The engine has no files: it prints its trace. */
  #endProfile(): string | null {
    if (!this.#profiling || this.#output === null) return null;
    this.#profiling = false;
    const session = this.#loaded;
    return this.#output.during(() => session.endProfiling()).join("\n");
  }

  async #release(): Promise<void> {
    this.#endProfile(); // else it is printed
    const former = this.#session;
    [this.#session, this.#preparation] = [null, null];
    await former?.release();
  }

  get #prepared(): Prepared {
    if (this.#preparation === null) throw new Error("no inputs are prepared");
    return this.#preparation;
  }

  get #loaded(): InferenceSession {
    if (this.#session === null) throw new Error("no model is loaded");
    return this.#session;
  }
}

/** A sequence or a map has no place in a message: left out unless asked for. */
function tensorOutputs({ outputMetadata }: InferenceSession): string[] {
  return outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
}

function portHeader(metadata: InferenceSession.ValueMetadata): PortHeader {
  const { name } = metadata;
  return metadata.isTensor
    ? { name, type: metadata.type, shape: [...metadata.shape] }
    : { name, type: null, shape: [] };
}

function failure({ type }: Request, error: unknown): FailureReply {
  const message = messageOf(error);
  if (error instanceof EngineFailure) {
    return { type: "failure", kind: "engine", message, ...(error.asset && { asset: error.asset }) };
  }
  if (OUT_OF_MEMORY.test(message)) return { type: "failure", kind: "memory", message };
  return { type: "failure", kind: type === "load" ? "refused" : "failed", message };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 4096);
}
