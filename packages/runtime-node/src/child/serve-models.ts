// The loop of a child process: one model, one request at a time, blocking reads on stdin, replies on descriptor 3.
// Ends when stdin closes. Loads nothing of Espalier but its neighbours, to start fast.

import { readFileSync, readSync, writeSync } from "node:fs";
import type { ChildEngine, ChildModel } from "./engine.js";
import { encodeFrame, type Frame, FrameDecoder, MAX_REPLY_BYTES } from "./frames.js";
import type { FailureKind, Request } from "./messages.js";
import { packTensors, unpackTensors } from "./tensor-frames.js";

const REQUESTS = 0;
const REPLIES = 3;
const LARGEST_READ = 64 * 1024 * 1024;
const OUT_OF_MEMORY =
  /bad_alloc|failed to allocate|allocation failed|out of memory|smaller than requested bytes|cannot allocate memory/i;

/** Answers the parent until it closes the pipe. A failure of `start` is told as the engine's absence. */
export async function serveModels(start: () => Promise<ChildEngine>): Promise<void> {
  let engine: ChildEngine;
  try {
    engine = await start();
  } catch (error) {
    return reply({ type: "failure", kind: "runtime-missing", message: messageOf(error) });
  }
  const server = new ModelServer(engine);
  const decoder = new FrameDecoder(Number.MAX_SAFE_INTEGER);
  reply({ type: "ready", ...memory() });
  for (let request = readFrame(decoder); request !== null; request = readFrame(decoder)) {
    try {
      await server.answer(request);
    } catch (error) {
      reply({ type: "failure", kind: kindOf(error, !server.hasModel), message: messageOf(error) });
    }
  }
}

class ModelServer {
  readonly #engine: ChildEngine;
  #model: ChildModel | null = null;
  #prepared: (() => Promise<unknown>) | null = null;

  constructor(engine: ChildEngine) {
    this.#engine = engine;
  }

  get hasModel(): boolean {
    return this.#model !== null;
  }

  async answer(frame: Frame): Promise<void> {
    const request = frame.header as unknown as Request; // our parent is trusted, the model is not
    switch (request.type) {
      case "load": {
        const [bytes, ...data] = frame.buffers as [Uint8Array, ...Uint8Array[]];
        const external = Object.fromEntries(request.external.map((name, i) => [name, data[i] as Uint8Array]));
        const former = this.#model;
        [this.#model, this.#prepared] = [null, null];
        await former?.release();
        const start = performance.now();
        const model = data.length === 0 ? { bytes } : { bytes, external };
        this.#model = await this.#engine.load(model, request.settings);
        const { inputs, outputs } = this.#model;
        return reply({ type: "loaded", inputs, outputs, loadMs: performance.now() - start });
      }
      case "run": {
        const feeds = unpackTensors(request.feeds, frame.buffers);
        const { tensors, buffers } = packTensors(await this.#loaded.run(feeds, request.fetches ?? undefined));
        const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
        const most = Math.min(request.outputBytes, MAX_REPLY_BYTES);
        if (bytes > most)
          throw new Error(`out of memory: the outputs take ${bytes} bytes of at most ${most}`);
        return reply({ type: "ran", tensors }, buffers);
      }
      case "profile":
        return reply({ type: "profiled", nodes: await this.#loaded.profile() });
      case "prepare":
        this.#prepared = await this.#loaded.prepare(unpackTensors(request.feeds, frame.buffers));
        return reply({ type: "prepared" });
      case "time": {
        const samples = await this.#time(request.warmup, request.runs);
        return reply({ type: "timed" }, [new Uint8Array(samples.buffer)]);
      }
      case "time-cpu": {
        const { warmup, samples, runsPerSample } = request;
        const taken = await this.#timeCpu(warmup, samples, runsPerSample);
        return reply({ type: "timed" }, [new Uint8Array(taken.buffer)]);
      }
      case "memory":
        return reply({ type: "memory", ...memory() });
    }
  }

  get #loaded(): ChildModel {
    if (this.#model === null) throw new Error("no model is loaded");
    return this.#model;
  }

  get #run(): () => Promise<unknown> {
    if (this.#prepared === null) throw new Error("no inputs are prepared");
    return this.#prepared;
  }

  async #timeCpu(warmup: number, samples: number, runsPerSample: number): Promise<Float64Array> {
    const run = this.#run;
    for (let i = 0; i < warmup; i++) await run();
    const taken = new Float64Array(samples);
    for (let i = 0; i < samples; i++) {
      const start = cpuMs();
      for (let k = 0; k < runsPerSample; k++) await run();
      taken[i] = (cpuMs() - start) / runsPerSample;
    }
    return taken;
  }

  async #time(warmup: number, runs: number): Promise<Float64Array> {
    const run = this.#run;
    for (let i = 0; i < warmup; i++) await run();
    const samples = new Float64Array(runs);
    for (let i = 0; i < runs; i++) {
      const start = performance.now();
      await run();
      samples[i] = performance.now() - start;
    }
    return samples;
  }
}

/** Address space and largest resident memory so far. The resource usage of Node would count the parent's. */
function memory(): { addressSpaceBytes: number | null; peakBytes: number } {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const kib = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
    return { addressSpaceBytes: kib("VmSize"), peakBytes: kib("VmHWM") };
  } catch {
    return { addressSpaceBytes: null, peakBytes: process.resourceUsage().maxRSS * 1024 };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function kindOf(error: unknown, refused: boolean): FailureKind {
  if (OUT_OF_MEMORY.test(messageOf(error))) return "memory";
  return refused ? "refused" : "failed";
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 4096);
}

function readFrame(decoder: FrameDecoder): Frame | null {
  for (;;) {
    const { wanted } = decoder;
    const count = readSync(REQUESTS, wanted, 0, Math.min(wanted.byteLength, LARGEST_READ), null);
    if (count === 0) return null;
    const frame = decoder.advance(count);
    if (frame !== null) return frame;
  }
}

function reply(header: Record<string, unknown>, buffers: readonly Uint8Array[] = []): void {
  for (const chunk of encodeFrame({ header: { ...header, cpuMs: cpuMs() }, buffers })) {
    for (let offset = 0; offset < chunk.byteLength; ) offset += writeSync(REPLIES, chunk, offset);
  }
}
