import {
  DataType,
  type ErrorCode,
  EspalierError,
  floatTensor,
  GraphBuilder,
  intAttribute,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { modelBytes } from "../parity/parity.js";
import type { Runtime, RuntimeTensor } from "../runtime.js";
import { isProofRefusal, proveStructural } from "./prove-structural.js";
import { openSubject } from "./subject.js";

const net = new GraphBuilder();
const TRANSPOSED = { attributes: { transB: intAttribute(1) } };
const hidden = net.op(
  "Gemm",
  [net.input("x", [1, 2]), net.weight("a", floatTensor([3, 2], [1, 2, 3, 4, 5, 6]))],
  TRANSPOSED,
);
net.output(net.op("Gemm", [hidden, net.weight("b", floatTensor([1, 3], [1, 1, 1]))], TRANSPOSED), "y");
const bytes = modelBytes(net.model(13));
const subject = openSubject(bytes);
const [group] = subject.analysis.groups;
const STEPS = [{ kind: "slice" as const, group: group?.id ?? "", width: 3, keep: [0, 1], reason: "" }];
const INPUTS = 3;

/** The first model that is loaded is the reference. Fails at the given one, on loading or at its last run. */
function failing(code: ErrorCode, at: { model: 0 | 1; loading: boolean }): Runtime {
  let loaded = -1;
  return {
    loadUntrusted: async () => {
      const model = ++loaded;
      if (at.loading && model === at.model) throw new EspalierError(code, "on loading");
      let runs = 0;
      return {
        run: async (): Promise<Readonly<Record<string, RuntimeTensor>>> => {
          runs += 1;
          if (!at.loading && model === at.model && runs === INPUTS)
            throw new EspalierError(code, "on running");
          return { y: { dataType: DataType.FLOAT, dims: [1, 1], data: Float32Array.of(1) } };
        },
        dispose: async () => {},
      };
    },
  } as unknown as Runtime;
}

const prove = (runtime: Runtime) =>
  proveStructural(subject, STEPS, bytes, runtime, { seed: 1, count: INPUTS });

describe("a model that cannot be run", () => {
  it.each(["NOT_RUNNABLE", "RUN_FAILED", "TIMEOUT", "MEMORY"] as const)("is refused as %s", async (code) => {
    for (const loading of [true, false]) {
      expect(await prove(failing(code, { model: 0, loading }))).toEqual({
        refused: {
          group: null,
          node: null,
          code,
          reason: expect.stringContaining(loading ? "on loading" : "on running"),
          unblock: expect.stringMatching(/.{20}/),
        },
      });
    }
    expect(isProofRefusal(code)).toBe(true);
  });

  it.each(["TIMEOUT", "MEMORY"] as const)(
    "is refused as %s where only the pruned one met its limit",
    async (code) => {
      for (const loading of [true, false])
        expect(await prove(failing(code, { model: 1, loading }))).toMatchObject({ refused: { code } });
    },
  );

  it.each(["NOT_RUNNABLE", "RUN_FAILED"] as const)(
    "is a defect where the masked original ran: %s",
    async (code) => {
      for (const loading of [true, false])
        await expect(prove(failing(code, { model: 1, loading }))).rejects.toMatchObject({ code: "MISMATCH" });
    },
  );

  it("is no refusal where the work was cancelled or the machine is at fault", async () => {
    for (const code of ["ABORTED", "UNAVAILABLE"] as const)
      await expect(prove(failing(code, { model: 0, loading: false }))).rejects.toMatchObject({ code });
  });
});
