// A child process with an interpreter, into which files are loaded one after another.

import type { RuntimeTensor, TfliteLoadOptions } from "@espalier/core";
import { type Isolation, ModelProcess, packTensors } from "@espalier/runtime-node/child";
import type { TfliteEngineName } from "../engine/engine-name.js";
import type { LoadSettings } from "../engine/guarded-engine.js";
import { type ModelPorts, orderFeeds } from "../model-ports.js";
import { childProgram } from "./child-program.js";

const MIB = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
/** What Node itself may still take: its heap grows while it passes tensors on. */
const HOST_BYTES = 512 * MIB;

export class NodeChild {
  readonly process: ModelProcess;

  private constructor(process: ModelProcess) {
    this.process = process;
  }

  /** @param memoryBytes the most that any file may take */
  static async start(
    memoryBytes: number,
    { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: TfliteLoadOptions,
    engine: TfliteEngineName,
    isolation: Isolation,
  ): Promise<NodeChild> {
    return new NodeChild(
      await ModelProcess.start({
        program: childProgram(engine),
        isolation,
        memoryBytes: memoryBytes + HOST_BYTES,
        threads: 1,
        timeoutMs,
        signal,
      }),
    );
  }

  /** Loads a verified file in the place of the one before. @returns milliseconds that it took */
  async load(bytes: Uint8Array, ports: ModelPorts, memoryBytes: number): Promise<number> {
    const settings: LoadSettings = { ports, threads: 1, memoryBytes };
    const { header } = await this.process.request({ type: "load", settings, external: [] }, [bytes]);
    return Number(header.loadMs);
  }

  /** Feeds checked and packed; see {@link ModelProcess.request}. */
  pack(
    { inputs }: ModelPorts,
    feeds: Readonly<Record<string, RuntimeTensor>>,
  ): ReturnType<typeof packTensors> {
    const ordered = orderFeeds(inputs, feeds);
    return packTensors(Object.fromEntries(ordered.map((tensor, i) => [inputs[i]?.name ?? "", tensor])));
  }

  close(): Promise<void> {
    return this.process.close();
  }
}
