// What a target hands out beside the model: why nothing could be proven, and what other budgets would have bought.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isUnavailable, readReceipt, receiptText } from "@espalier/core";
import { cpu } from "@espalier/cpu";
import { nodeHost, nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";

const DIGITS = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../../apps/cli/models/digits.onnx", import.meta.url))),
);
const world = { runtime: nodeRuntime(), host: nodeHost({ cache: null }), seed: 1, measure: false };

describe("a model that meets its deadline", () => {
  it("is refused with a receipt that says so, and that does not claim it elsewhere", async () => {
    const { receipt, files, pruned } = await cpu.prune(DIGITS, {
      ...world,
      budget: { ratio: 0.5 },
      timeoutMs: 1,
    });
    expect(pruned).toBeNull();
    expect(receipt.artefact).toBeNull();
    expect(receipt.refused).toContainEqual(
      expect.objectContaining({ code: "TIMEOUT", group: null, node: null }),
    );
    expect(receipt.parity).toMatchObject({
      unavailable: "TIMEOUT",
      unblock: expect.stringContaining("--dim"),
    });
    expect(files.map(({ path }) => path)).toEqual(["plan.json"]);
    // Another machine runs it: then the refusal cannot be checked, which is not to say that it was false.
    const claims = await cpu.verify(files, { ...world, receipt, sourceBytes: DIGITS });
    const broken = claims.filter(({ status, informational }) => status === "fails" && !informational);
    expect(broken).toEqual([]);
    expect(claims.some(({ status, found }) => status === "unchecked" && /here runs it/.test(found))).toBe(
      true,
    );
  });
});

describe("a budget of MACs", () => {
  it("is recorded with the curve that the plan lies on, in the receipt", async () => {
    const { receipt, plan } = await cpu.prune(DIGITS, { ...world, budget: { macs: 0.5 } });
    expect(isUnavailable(receipt.parity ?? {})).toBe(false);
    const { trade } = readReceipt(new TextEncoder().encode(receiptText(receipt)));
    expect(trade).toEqual(receipt.trade);
    expect(trade?.unit).toBe("MACs");
    // Counted on the models, not by the planner.
    expect(trade?.chosen.cost).toBe(Number(receipt.macs.after?.toPrecision(6)));
    expect(trade?.best.at(-1)).toEqual({ cost: Number(receipt.macs.before?.toPrecision(6)), importance: 1 });
    expect(trade?.best.length).toBeGreaterThan(5);
    const replayed = await cpu.apply(plan, DIGITS, world);
    expect(replayed.receipt.trade).toBeUndefined();
  });
});
