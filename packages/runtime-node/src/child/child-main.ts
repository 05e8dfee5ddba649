// The program of the child process: one model, one request at a time, blocking reads on stdin, replies on
// descriptor 3. Ends when stdin closes. Loads nothing of Espalier but this folder and onnx/, to start fast.

import { readFileSync, readSync, writeSync } from "node:fs";
import type { RuntimeTensor } from "@espalier/core";
import type { Tensor } from "onnxruntime-common";
import { type OnnxSession, openSession } from "../onnx/onnx-session.js";
import { importOnnxRuntime, type OnnxRuntime } from "../onnx/onnxruntime.js";
import { toOrtTensor } from "../onnx/tensor.js";
import { encodeFrame, type Frame, FrameDecoder, MAX_REPLY_BYTES } from "./frames.js";
import type { FailureKind, Request } from "./messages.js";
import { packTensors, unpackTensors } from "./tensor-frames.js";

const REQUESTS = 0;
const REPLIES = 3;
const LARGEST_READ = 64 * 1024 * 1024;
const OUT_OF_MEMORY =
  /bad_alloc|failed to allocate|allocation failed|out of memory|smaller than requested bytes|cannot allocate memory/i;

const decoder = new FrameDecoder(Number.MAX_SAFE_INTEGER);
let session: OnnxSession | null = null;
let prepared: { feeds: Record<string, Tensor>; fetches: Record<string, Tensor | null> } | null = null;

void serve();

async function serve(): Promise<void> {
  let ort: OnnxRuntime;
  try {
    ort = await importOnnxRuntime();
  } catch (error) {
    return reply({ type: "failure", kind: "runtime-missing", message: messageOf(error) });
  }
  reply({ type: "ready", ...memory() });
  for (let request = readFrame(); request !== null; request = readFrame()) {
    try {
      await answer(ort, request);
    } catch (error) {
      const refused = session === null;
      reply({ type: "failure", kind: kindOf(error, refused), message: messageOf(error) });
    }
  }
}

async function answer(ort: OnnxRuntime, frame: Frame): Promise<void> {
  const request = frame.header as unknown as Request; // our parent is trusted, the model is not
  switch (request.type) {
    case "load": {
      const [bytes, ...data] = frame.buffers as [Uint8Array, ...Uint8Array[]];
      const external = Object.fromEntries(request.external.map((name, i) => [name, data[i] as Uint8Array]));
      const former = session;
      [session, prepared] = [null, null];
      await former?.release();
      const start = performance.now();
      session = await openSession(ort, data.length === 0 ? { bytes } : { bytes, external }, request.settings);
      const { inputs, outputs } = session;
      return reply({ type: "loaded", inputs, outputs, loadMs: performance.now() - start });
    }
    case "run": {
      const feeds = unpackTensors(request.feeds, frame.buffers);
      const { tensors, buffers } = packTensors(await loaded().run(feeds, request.fetches ?? undefined));
      const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
      const most = Math.min(request.outputBytes, MAX_REPLY_BYTES);
      if (bytes > most) throw new Error(`out of memory: the outputs take ${bytes} bytes of at most ${most}`);
      return reply({ type: "ran", tensors }, buffers);
    }
    case "profile":
      return reply({ type: "profiled", nodes: await loaded().profile() });
    case "prepare":
      prepared = await prepare(ort, unpackTensors(request.feeds, frame.buffers));
      return reply({ type: "prepared" });
    case "time": {
      const samples = await time(request.warmup, request.runs);
      return reply({ type: "timed" }, [new Uint8Array(samples.buffer)]);
    }
    case "memory":
      return reply({ type: "memory", ...memory() });
  }
}

function loaded(): OnnxSession {
  if (session === null) throw new Error("no model is loaded");
  return session;
}

/** Tensors for timing: made once, with outputs of a fixed element size allocated beforehand. */
async function prepare(ort: OnnxRuntime, feeds: Record<string, RuntimeTensor>): Promise<typeof prepared> {
  const { native } = loaded();
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [name, toOrtTensor(ort, name, tensor)]),
  );
  const results = await native.run(tensors);
  const outputs = Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, tensor.type === "string" ? null : tensor]),
  );
  try {
    await native.run(tensors, outputs);
    return { feeds: tensors, fetches: outputs };
  } catch {
    // An output whose size changes from run to run: the runtime allocates it then.
    return { feeds: tensors, fetches: Object.fromEntries(Object.keys(outputs).map((name) => [name, null])) };
  }
}

async function time(warmup: number, runs: number): Promise<Float64Array> {
  const { native } = loaded();
  if (prepared === null) throw new Error("no inputs are prepared");
  const { feeds, fetches } = prepared;
  for (let i = 0; i < warmup; i++) await native.run(feeds, fetches);
  const samples = new Float64Array(runs);
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await native.run(feeds, fetches);
    samples[i] = performance.now() - start;
  }
  return samples;
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

function kindOf(error: unknown, refused: boolean): FailureKind {
  if (OUT_OF_MEMORY.test(messageOf(error))) return "memory";
  return refused ? "refused" : "failed";
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 4096);
}

function readFrame(): Frame | null {
  for (;;) {
    const { wanted } = decoder;
    const count = readSync(REQUESTS, wanted, 0, Math.min(wanted.byteLength, LARGEST_READ), null);
    if (count === 0) return null;
    const frame = decoder.advance(count);
    if (frame !== null) return frame;
  }
}

function reply(header: Record<string, unknown>, buffers: readonly Uint8Array[] = []): void {
  const { user, system } = process.cpuUsage();
  for (const chunk of encodeFrame({ header: { ...header, cpuMs: (user + system) / 1000 }, buffers })) {
    for (let offset = 0; offset < chunk.byteLength; ) offset += writeSync(REPLIES, chunk, offset);
  }
}
