// What every target promises, whatever hardware it is for: the contract of core/target. A target's own test calls
// this with the world it runs in, and adds only what is special.

import {
  type ArtefactFile,
  type CostTable,
  type Feeds,
  GRANULARITIES,
  type HardwareProfile,
  isUnavailable,
  openSubject,
  planText,
  type Runtime,
  randomInputs,
  receiptText,
  sealReceipt,
  type Target,
  type TargetWorld,
  type Unavailable,
  VERDICTS,
} from "@espalier/core";
import { beforeAll, describe, expect, it } from "vitest";
import { expectSameBytes } from "../same-bytes.js";

export interface TargetCase {
  readonly target: Target;
  readonly world: TargetWorld;
  /** A network that the target can prune. */
  readonly model: Uint8Array;
  /** The hardware is not reached through the world's runtime: what that refuses is not the target's refusal. */
  readonly elsewhere?: boolean;
}

/** A refusal says what is missing, by a code, and what would help. */
export function expectRefusal(refusal: Unavailable): void {
  expect(refusal.unavailable).toMatch(/^[A-Z][A-Z_]+$/);
  expect(refusal.unblock.length).toBeGreaterThan(10);
}

export function testTarget(name: string, make: () => TargetCase | Promise<TargetCase>): void {
  describe(`the target ${name}`, () => {
    let target: Target;
    let world: TargetWorld;
    let model: Uint8Array;
    let feeds: Feeds;
    let elsewhere = false;
    beforeAll(async () => {
      ({ target, world, model, elsewhere = false } = await make());
      const { model: graph, boundFacts, handlers } = openSubject(model);
      feeds = randomInputs(graph, boundFacts, handlers, { seed: 7, count: 1 })[0]!;
    });

    it("says what it is", () => {
      expect(target.name).toBe(name);
      expect(target.capabilities.runs.length).toBeGreaterThan(3);
      expect(target.capabilities.granularities.length).toBeGreaterThan(0);
      for (const one of target.capabilities.granularities) expect(GRANULARITIES).toContain(one);
    });

    it("offers a group only what it can do", () => {
      for (const group of openSubject(model).analysis.groups)
        for (const one of target.candidates(group)) expect(target.capabilities.granularities).toContain(one);
    });

    it("measures what the machine rewards, or refuses in form", async () => {
      const profile = await target.profile(world);
      if (isUnavailable(profile)) return expectRefusal(profile);
      expect(profile.step).toBeGreaterThanOrEqual(1);
      expect(profile.zeros.value).toBeGreaterThan(0);
      expect(profile.twoOfFour.value).toBeGreaterThan(0);
      checkChoices(profile);
    }, 300_000);

    it("chooses by the numbers it is given, each named", () => {
      checkChoices(profileOf(16, 1));
      checkChoices(profileOf(1, 0.3));
    });

    /** Every group once; every granularity of the target chosen or rejected, once, with a known code. */
    function checkChoices(profile: HardwareProfile): void {
      const subject = openSubject(model);
      const choices = target.selectGranularity(subject, profile);
      expect(choices.map(({ group }) => group)).toEqual(subject.analysis.groups.map(({ id }) => id));
      for (const { group, chosen, rejected } of choices) {
        const all = [...(chosen === null ? [] : [chosen]), ...rejected];
        expect(all.map(({ granularity }) => granularity).sort()).toEqual(
          [...target.capabilities.granularities].sort(),
        );
        for (const { code, reason, evidence } of all) {
          expect(Object.keys(VERDICTS), `${group}: ${code}`).toContain(code);
          expect(reason.length).toBeGreaterThan(20);
          if (evidence !== null) {
            expect(Number.isFinite(evidence.value)).toBe(true);
            expect(evidence.reference.length).toBeGreaterThan(5);
          }
        }
        // A claim about speed has a number behind it.
        for (const { code, evidence } of all)
          if (/ZEROS|PATTERN|STEP/.test(code)) expect(evidence).not.toBeNull();
      }
    }

    it("prices what the table knows and refuses the rest in form", () => {
      const query = { key: "a", kind: "conv", in: 32, out: 32, macs: 1e6 };
      const known = target.cost(query, TABLE);
      if (isUnavailable(known)) expectRefusal(known);
      else expect(known).toMatchObject({ source: TABLE.origin, ms: expect.closeTo(0.4, 6) });
      const unknown = target.cost({ ...query, key: "b", kind: "nothing" }, TABLE);
      expect(isUnavailable(unknown)).toBe(true);
      if (isUnavailable(unknown)) expectRefusal(unknown);
    });

    it("plans the same twice, and removes nothing by it", async () => {
      const before = model.slice();
      const plan = () => target.plan(model, { host: world.host, budget: { macs: 0.5 }, seed: 3 });
      const [first, second] = [await plan(), await plan()];
      expect(planText(first.plan)).toBe(planText(second.plan));
      expect(first.plan.target).toBe(name);
      expect(first.plan.steps.length).toBeGreaterThan(0);
      expectSameBytes(model, before, "the source");
    });

    it("exports, runs and times what it exported", async () => {
      const exported = await target.exportModel(openSubject(model).model);
      if (isUnavailable(exported)) return expectRefusal(exported);
      const outputs = await target.runModel(exported, feeds, world);
      if (isUnavailable(outputs)) expectRefusal(outputs);
      else expect(Object.keys(outputs).length).toBeGreaterThan(0);
      const latency = await target.measureLatency(exported, { ...world, feeds });
      if (isUnavailable(latency)) expectRefusal(latency);
      else {
        expect(latency.medianMs).toBeGreaterThan(0);
        expect(latency.samplesMs).toHaveLength(latency.runs);
      }
    });

    it("prunes, replays to the same bytes, and verifies what holds and nothing else", {
      timeout: 240_000,
    }, async () => {
      const options = { ...world, budget: { ratio: 0.5 }, seed: 3, measure: false, inputs: 2 } as const;
      const { files, plan, receipt: loose } = await target.prune(model, options);
      expect(files.some(({ role }) => role === "model")).toBe(true);
      const data = files.find(({ role }) => role === "plan-data");
      const again = await target.apply(plan, model, {
        ...world,
        measure: false,
        inputs: 2,
        ...(data === undefined ? {} : { planData: data.bytes }),
      });
      expect(fileText(again.files)).toEqual(fileText(files));

      const receipt = await sealReceipt(loose, world.host);
      const folder: ArtefactFile[] = [
        ...files,
        { path: "receipt.json", role: "plan", bytes: new TextEncoder().encode(receiptText(receipt)) },
      ];
      const claims = await target.verify(folder, { ...world, receipt, sourceBytes: model });
      expect(claims.filter(({ status }) => status === "fails")).toEqual([]);
      expect(claims.some(({ status, name: what }) => status === "holds" && what.includes("parity"))).toBe(
        true,
      );

      const flipped = folder.map((file) => {
        if (file.role !== "model") return file;
        const bytes = file.bytes.slice();
        bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
        return { ...file, bytes };
      });
      const forged = await target.verify(flipped, { ...world, receipt, sourceBytes: model });
      expect(forged.some(({ status }) => status === "fails")).toBe(true);
    });

    it("passes on what its runtime cannot do", async () => {
      const refusal = { unavailable: "UNAVAILABLE", unblock: "Use a machine that has what is needed." };
      const unable: Runtime = {
        ...world.runtime,
        openProfiler: async () => refusal,
        measureLatency: async () => refusal,
      };
      const without = { ...world, runtime: unable, ...(world.deployment && { deployment: unable }) };
      const answers = [await target.profile(without)];
      const exported = await target.exportModel(openSubject(model).model);
      const measured = isUnavailable(exported)
        ? exported
        : await target.measureLatency(exported, { ...without, feeds });
      for (const answer of [...answers, measured]) {
        if (!isUnavailable(answer)) throw new Error("measured without a runtime that can");
        expectRefusal(answer);
        if (!elsewhere) expect(answer).toEqual(refusal);
      }
    });
  });
}

function fileText(files: readonly ArtefactFile[]): string[] {
  return files.map(({ path, bytes }) => `${path} ${Buffer.from(bytes).toString("base64")}`);
}

function profileOf(step: number, zeros: number): HardwareProfile {
  const evidence = {
    quantity: "a layer with zeros",
    value: zeros,
    unit: "× the dense layer's time",
    source: "measured",
    reference: "an invented machine",
  } as const;
  return { runtime: "r", threads: 1, step, stair: [], zeros: evidence, twoOfFour: evidence };
}

const TABLE: CostTable = {
  schema: 1,
  origin: "measured",
  machine: {},
  runtime: "r",
  threads: 1,
  source: null,
  step: 16,
  stair: [],
  patterns: [{ key: "a", kind: "conv", samples: [[32, 32, 400]] }],
  others: [],
  runs: [],
  overheadUs: 0,
  denseUs: 0,
  profilerUs: 0,
  kinds: [],
};
