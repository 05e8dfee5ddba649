// Odd files beside ONNX Runtime: where both open a file they see the same inputs and outputs; where the runtime takes
// what is ambiguous, we refuse. The runtime is in a child process.

import { isEspalierError, readModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import type { HostileCase } from "../hostile/case.js";
import { GRAPH_CASES } from "../hostile/manifest/graph-cases.js";
import { TENSOR_CASES } from "../hostile/manifest/tensor-cases.js";
import { WIRE_CASES } from "../hostile/manifest/wire-cases.js";

const CASES: readonly HostileCase[] = [...WIRE_CASES, ...GRAPH_CASES, ...TENSOR_CASES];

/** Name → what ONNX Runtime 1.30 does with it. */
const BESIDE: Readonly<Record<string, "loads" | "NOT_RUNNABLE">> = {
  "varint overlong in ten bytes": "loads",
  "unknown field": "loads",
  "fields in another order": "loads",
  "nodes out of order": "loads",
  "unknown operator": "NOT_RUNNABLE",
  "__proto__ as a name": "loads",
  "bidirectional override in a name": "loads",
  "30 nested Ifs": "loads",
  "10 doubling functions": "loads",
  "0 and 2^40": "loads",
  "NaN and infinity": "loads",
  "float_data in two runs": "loads",
  // Refused by us: the runtime would take the last.
  "initialiser twice": "loads",
  "self-cycle": "NOT_RUNNABLE",
  // Nothing reads the tensor, and the runtime lets it pass.
  "product wraps 2^64 to 0": "loads",
};

describe("hostile files beside ONNX Runtime", () => {
  const runtime = nodeRuntime({ threads: 1 });
  for (const [name, said] of Object.entries(BESIDE)) {
    const one = CASES.find((candidate) => candidate.name === name) as HostileCase;
    it(`${name}: the runtime ${said}, we: ${one.expect}`, async () => {
      const bytes = one.make();
      const session = await runtime.loadUntrusted(bytes, { timeoutMs: 30_000 }).catch((error: unknown) => {
        if (!isEspalierError(error)) throw error;
        return error.code;
      });
      expect(typeof session === "string" ? session : "loads").toBe(said);
      if (typeof session === "string") return;
      const seen = {
        inputs: session.inputs.map((port) => port.name),
        outputs: session.outputs.map((port) => port.name),
      };
      await session.dispose();
      if (one.expect !== "opens") return;
      const { graph } = readModel(bytes);
      expect(seen).toEqual({
        inputs: graph.inputs.filter((value) => !graph.initializers.has(value)).map((value) => value.name),
        outputs: graph.outputs.map((value) => value.name),
      });
    });
  }
});
