// What every TfliteRuntime does: it computes what TensorFlow's own interpreter computes, refuses by code, and stops what
// does not end.

import type { Feeds, RuntimeTensor, Session, TfliteRuntime } from "@espalier/core";
import { isUnavailable } from "@espalier/core";
import { DataType, isEspalierError } from "@espalier/ir";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixtureBytes, GOLDEN_NAMES, goldenSamples } from "../tflite/golden.js";
import { endlessLoop, futureConvolution, wideMaximum } from "../tflite/hungry-models.js";

const MIB = 1024 * 1024;
/** Kernels that sum in another order; results are at most a few units large. */
const TOLERANCE = 1e-5;
const one: Feeds = { x: { dataType: DataType.FLOAT, dims: [1], data: Float32Array.of(3) } };
const pair: Feeds = { x: { dataType: DataType.FLOAT, dims: [2], data: Float32Array.of(1, 2) } };

export interface TfliteRuntimeCase {
  readonly open: () => Promise<TfliteRuntime>;
  /** Fixtures that the runtime is known to refuse, and a part of what it says. */
  readonly refuses?: Readonly<Record<string, string>>;
}

export function testTfliteRuntime(name: string, { open, refuses = {} }: TfliteRuntimeCase): void {
  describe(name, () => {
    let runtime: TfliteRuntime;

    beforeAll(async () => {
      runtime = await open();
    });
    afterAll(() => runtime?.close());

    it("says what it is", () => {
      expect(runtime.name.startsWith(name)).toBe(true);
      expect(runtime.capabilities).toMatchObject({ engine: "wasm" });
      expect(runtime.capabilities.threads).toBeGreaterThanOrEqual(1);
      expect(runtime.capabilities.dataTypes).toContain(DataType.INT8);
    });

    it.each(GOLDEN_NAMES.filter((fixture) => !(fixture in refuses)))(
      "%s gives what TensorFlow's interpreter gives",
      async (fixture) => {
        await withSession(runtime.load(fixtureBytes(fixture)), async (session) => {
          for (const { inputs, outputs } of goldenSamples(fixture)) {
            const actual = await session.run(inputs);
            expect(Object.keys(actual)).toEqual(Object.keys(outputs));
            for (const [output, expected] of Object.entries(outputs)) {
              expectEqual(actual[output] as RuntimeTensor, expected);
            }
          }
        });
      },
    );

    it.each(Object.entries(refuses))("%s is refused: %s", async (fixture, why) => {
      const error = await failure(() => runtime.load(fixtureBytes(fixture)));
      expect(error).toMatchObject({ code: "NOT_RUNNABLE", message: expect.stringContaining(why) });
    });

    it("names inputs and outputs as the file's signature, else as its tensors", async () => {
      await withSession(runtime.load(fixtureBytes("conv-int8")), async ({ inputs, outputs }) => {
        expect(inputs).toEqual([{ name: "image", dataType: DataType.INT8, shape: [1, 8, 8, 3] }]);
        expect(outputs).toEqual([{ name: "probabilities", dataType: DataType.INT8, shape: [1, 4] }]);
      });
      await withSession(runtime.load(wideMaximum(5)), async (session) => {
        expect(session.inputs).toEqual([{ name: "x", dataType: DataType.FLOAT, shape: [1] }]);
        expect((await session.run(one)).y?.data).toEqual(Float32Array.of(3));
      });
    });

    it("refuses feeds that do not fit, and goes on", async () => {
      await withSession(runtime.load(wideMaximum(5)), async (session) => {
        const tensor = one.x as RuntimeTensor;
        const wrong: Feeds[] = [
          {},
          { ...one, z: tensor },
          { x: { ...tensor, dims: [1, 1] } },
          { x: { ...tensor, data: Float32Array.of(1, 2) } },
          { x: { dataType: DataType.INT32, dims: [1], data: Int32Array.of(1) } },
        ];
        for (const feeds of wrong) expect((await failure(() => session.run(feeds))).code).toBe("RUN_FAILED");
        expect((await session.run(one, ["y"])).y?.data).toEqual(Float32Array.of(3));
        expect(await session.run(one, [])).toEqual({});
      });
    });

    it("verifies a file before it loads it", async () => {
      const file = fixtureBytes("conv-float32");
      const damaged = file.slice();
      damaged.fill(0xff, 100, 140);
      const codes = [];
      for (const bytes of [new Uint8Array(3), file.subarray(0, 700), damaged, new Uint8Array(64)]) {
        codes.push((await failure(() => runtime.load(bytes))).code);
      }
      expect(codes).toEqual(["TRUNCATED", "TRUNCATED", "TRUNCATED", "UNSUPPORTED_FORMAT"]);
    });

    it("refuses operators that the interpreter does not have, and says which", async () => {
      const error = await failure(() => runtime.load(futureConvolution()));
      expect(error).toMatchObject({ code: "NOT_RUNNABLE", message: expect.stringMatching(/CONV_2D.*99/) });
    });

    it("stops a model at its deadline and at an abort, and stays usable", async () => {
      await withSession(runtime.load(endlessLoop(), { timeoutMs: 1500 }), async (session) => {
        expect((await failure(() => session.run(pair))).code).toBe("TIMEOUT");
        expect((await failure(() => session.run(pair))).code).toBe("TIMEOUT");
      });
      const controller = new AbortController();
      await withSession(runtime.load(endlessLoop(), { signal: controller.signal }), async (session) => {
        setTimeout(() => controller.abort(), 300);
        expect((await failure(() => session.run(pair))).code).toBe("ABORTED");
      });
      await withSession(runtime.load(wideMaximum(5)), async (session) => {
        expect((await session.run(one)).y?.data).toEqual(Float32Array.of(3));
      });
    });

    it("stops a model at its memory ceiling", async () => {
      const wide = wideMaximum(32 * MIB); // 128 MiB
      const load = (memoryBytes: number) => runtime.load(wide, { memoryBytes });
      const error = await failure(() => withSession(load(64 * MIB), (session) => session.run(one)));
      expect(error.code).toBe("MEMORY");
      await withSession(load(256 * MIB), async (session) => {
        expect((await session.run(one)).y?.data).toEqual(Float32Array.of(3));
      });
    });

    it("times files one after another in one place, and goes on after one that it refuses", async () => {
      const timer = await runtime.openTimer({ threads: 1 });
      if (isUnavailable(timer)) throw new Error(timer.unblock);
      try {
        for (const fixture of ["conv-float32", "conv-float16", "conv-float32"]) {
          const time = await timer.load(fixtureBytes(fixture), goldenSamples(fixture)[0]?.inputs ?? {});
          const taken = await time(1, 20);
          expect(taken.length).toBeGreaterThanOrEqual(1);
          expect(taken.length).toBeLessThanOrEqual(20);
          for (const ms of taken) expect(ms).toBeGreaterThanOrEqual(0);
        }
        expect((await failure(() => timer.load(futureConvolution(), {}))).code).toBe("NOT_RUNNABLE");
        expect((await failure(() => timer.load(wideMaximum(5), {}))).code).toBe("RUN_FAILED");
        expect((await (await timer.load(wideMaximum(5), one))(0, 3)).length).toBeGreaterThanOrEqual(1);
      } finally {
        await timer.dispose();
      }
      const threads = runtime.capabilities.threads + 1;
      expect(await runtime.openTimer({ threads })).toMatchObject({ unavailable: "UNAVAILABLE" });
    });

    it("measures latency side by side, and footprint", async () => {
      const [sample] = goldenSamples("conv-float32");
      const feeds = sample?.inputs ?? {};
      const models = {
        float32: { bytes: fixtureBytes("conv-float32") },
        float16: { bytes: fixtureBytes("conv-float16") },
      };
      const latency = await runtime.measureLatency({ models, feeds, threads: 1, batch: null, runs: 8 });
      if (isUnavailable(latency)) throw new Error(latency.unblock);
      for (const one of Object.values(latency)) {
        expect(one).toMatchObject({ runs: 8, threads: 1, runtime: runtime.name });
        expect(one.p10Ms).toBeGreaterThan(0);
        expect(one.medianMs).toBeGreaterThanOrEqual(one.p10Ms);
        expect(one.p90Ms).toBeGreaterThanOrEqual(one.medianMs);
      }
      const threads = runtime.capabilities.threads + 1;
      expect(await runtime.measureLatency({ models, feeds, threads, batch: null })).toMatchObject({
        unavailable: "UNAVAILABLE",
      });
      const footprint = await runtime.measureFootprint(models.float32.bytes, feeds);
      if (isUnavailable(footprint)) throw new Error(footprint.unblock);
      expect(footprint.loadMs).toBeGreaterThan(0);
      expect(footprint.peakBytes).toBeGreaterThan(models.float32.bytes.byteLength);
    });
  });
}

async function withSession<T>(opening: Promise<Session>, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await opening;
  try {
    return await work(session);
  } finally {
    await session.dispose();
  }
}

async function failure(work: () => Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work();
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    return error;
  }
  throw new Error("expected a failure");
}

/** Integers to the bit; floats within the tolerance. */
function expectEqual(actual: RuntimeTensor, expected: RuntimeTensor): void {
  expect({ dataType: actual.dataType, dims: actual.dims }).toEqual({
    dataType: expected.dataType,
    dims: expected.dims,
  });
  const [got, wanted] = [actual.data as Float32Array, expected.data as Float32Array];
  expect(got.length).toBe(wanted.length);
  const tolerance = expected.dataType === DataType.FLOAT ? TOLERANCE : 0;
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    worst = Math.max(worst, Math.abs((got[i] as number) - (wanted[i] as number)));
  }
  expect(worst).toBeLessThanOrEqual(tolerance);
}
