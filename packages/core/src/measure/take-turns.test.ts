import { describe, expect, it } from "vitest";
import { takeTurns } from "./take-turns.js";

/** A machine whose speed changes with every block. */
function machine() {
  let blocks = 0;
  const order: string[] = [];
  const model =
    (label: string, ms: number) =>
    async (_: number, runs: number): Promise<number[]> => {
      order.push(label);
      const speed = Math.floor(blocks++ / 2) % 2 === 0 ? 1 : 2;
      return Array.from({ length: runs }, () => ms / speed);
    };
  return { order, model };
}

describe("two models in turns", () => {
  it("have the ratio that they have whatever the speed of the machine", async () => {
    const { model } = machine();
    const { reference } = await takeTurns(model("a", 3), model("b", 6), 100);
    expect(reference?.times).toBeCloseTo(0.5, 10);
  });

  it("bear an interruption of one block of one of them", async () => {
    const { model } = machine();
    const steady = model("a", 3);
    let calls = 0;
    const interrupted = async (untimed: number, runs: number): Promise<number[]> => {
      const slow = ++calls === 3 ? 100 : 1;
      return (await steady(untimed, runs)).map((ms) => slow * ms);
    };
    const { reference } = await takeTurns(interrupted, model("b", 6), 100);
    expect(reference?.times).toBeCloseTo(0.5, 10);
  });

  it("begin rounds equally often", async () => {
    const { order, model } = machine();
    await takeTurns(model("a", 3), model("b", 6), 100);
    const rounds = order.slice(2).join("").match(/../g) ?? [];
    expect(rounds.filter((one) => one === "ab")).toHaveLength(rounds.length / 2);
    expect(new Set(rounds)).toEqual(new Set(["ab", "ba"]));
  });

  it("may be one alone", async () => {
    const runs = await takeTurns(async (_, count) => Array.from({ length: count }, () => 2), null, 10);
    expect(runs).toEqual({ medianMs: 2, p10Ms: 2, reference: null });
  });

  it("run no more often than the budget allows, and at least once a round", async () => {
    const counts: number[] = [];
    const slow = async (_: number, runs: number): Promise<number[]> => {
      counts.push(runs);
      return Array.from({ length: runs }, () => 500);
    };
    await takeTurns(slow, slow, 100);
    expect(new Set(counts)).toEqual(new Set([1]));
  });
});
