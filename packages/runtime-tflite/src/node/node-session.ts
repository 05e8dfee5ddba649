// A Session whose TFLite model runs in a child process.

import type { RuntimeTensor, Session, TfliteLoadOptions } from "@espalier/core";
import type { Isolation } from "@espalier/runtime-node/child";
import {
  MAX_REPLY_BYTES,
  ModelProcess,
  packTensors,
  protocolError,
  unpackTensors,
} from "@espalier/runtime-node/child";
import { readTflite } from "@espalier/tflite";
import type { TfliteEngineName } from "../engine/engine-name.js";
import type { LoadSettings } from "../engine/guarded-engine.js";
import { defaultMemoryBytes } from "../memory-default.js";
import { type ModelPorts, orderFeeds, portsOf, sessionPorts } from "../model-ports.js";
import { childProgram } from "./child-program.js";

const MIB = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
/** What Node itself may still take: its heap grows while it passes tensors on. */
const HOST_BYTES = 512 * MIB;

export interface NodeSession extends Session {
  readonly process: ModelProcess;
  readonly loadMs: number;
  /** Feeds checked and packed; see {@link ModelProcess.request}. */
  pack(feeds: Readonly<Record<string, RuntimeTensor>>): ReturnType<typeof packTensors>;
}

/** Verifies the file and loads it in a child process of its own. */
export async function openNodeSession(
  bytes: Uint8Array,
  options: TfliteLoadOptions,
  engine: TfliteEngineName,
  isolation: Isolation,
): Promise<NodeSession> {
  const ports = portsOf(readTflite(bytes));
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes(bytes);
  const process = await ModelProcess.start({
    program: childProgram(engine),
    isolation,
    memoryBytes: memoryBytes + HOST_BYTES,
    threads: 1,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    signal: options.signal,
  });
  try {
    const settings: LoadSettings = { ports, threads: 1, memoryBytes };
    const { header } = await process.request({ type: "load", settings, external: [] }, [bytes]);
    return session(process, ports, Number(header.loadMs), options.outputBytes ?? MAX_REPLY_BYTES);
  } catch (error) {
    await process.close();
    throw error;
  }
}

function session(process: ModelProcess, ports: ModelPorts, loadMs: number, outputBytes: number): NodeSession {
  const pack: NodeSession["pack"] = (feeds) => {
    const ordered = orderFeeds(ports.inputs, feeds);
    return packTensors(Object.fromEntries(ordered.map((tensor, i) => [ports.inputs[i]?.name ?? "", tensor])));
  };
  return {
    process,
    loadMs,
    pack,
    inputs: sessionPorts(ports.inputs),
    outputs: sessionPorts(ports.outputs),
    async run(feeds, fetches) {
      const { tensors, buffers } = pack(feeds);
      const request = { type: "run", feeds: tensors, fetches: fetches ?? null, outputBytes } as const;
      const ran = await process.request(request, buffers);
      try {
        return unpackTensors(ran.header.tensors, ran.buffers);
      } catch (error) {
        await process.close();
        throw protocolError(error);
      }
    },
    get alive() {
      return process.alive;
    },
    dispose: () => process.close(),
  };
}
