// Models of unknown origin in their child process: what they compute, how they are stopped, and that nothing
// of them is left. Needs the build: the child is a program of its own.

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Feeds, RuntimeTensor, Session } from "@espalier/core";
import { concatChunks, DataType, floatTensor, GraphBuilder, isEspalierError, writeModel } from "@espalier/ir";
import { nodeRuntime } from "@espalier/runtime-node";
import { describe, expect, it } from "vitest";
import {
  constantOfShape,
  doublingFunctions,
  endlessLoop,
  externalWeight,
  longChain,
} from "./hostile-models.js";

const MIB = 1024 * 1024;
const SLACK_MS = 1000;
const runtime = nodeRuntime({ threads: 1 });
const { isolation } = runtime.capabilities;
const one: Feeds = { x: { dataType: DataType.FLOAT, dims: [1], data: Float32Array.of(1) } };

function model(make: (graph: GraphBuilder) => void): Uint8Array {
  const graph = new GraphBuilder();
  make(graph);
  return concatChunks(writeModel(graph.model()).chunks);
}

const identityOf = (dataType: number) =>
  model((graph) => graph.output(graph.op("Identity", [graph.input("x", ["n"], dataType)]), "y", dataType));

/** Runs `work` on a session in a child, which is gone afterwards. */
async function withSession<T>(opening: Promise<Session>, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await opening;
  try {
    return await work(session);
  } finally {
    await session.dispose();
  }
}

/** The code `work` fails with and the time it takes to. */
async function failure(work: () => Promise<unknown>): Promise<{ code: string; message: string; ms: number }> {
  const start = performance.now();
  try {
    await work();
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    return { code: error.code, message: error.message, ms: performance.now() - start };
  }
  throw new Error("expected a failure");
}

describe("a model in a child process", () => {
  const samples: [string, number, RuntimeTensor["data"]][] = [
    ["float32", DataType.FLOAT, Float32Array.of(1.5, Number.NaN)],
    ["float16", DataType.FLOAT16, Uint16Array.of(0x3c00, 0x7c00)],
    ["float64", DataType.DOUBLE, Float64Array.of(1 / 3, -0)],
    ["bool", DataType.BOOL, Uint8Array.of(1, 0)],
    ["int64", DataType.INT64, BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
    ["string", DataType.STRING, ["", "prüning"]],
  ];
  it.each(samples)("takes and gives %s unchanged", async (_, dataType, data) => {
    const { y } = await withSession(runtime.loadUntrusted(identityOf(dataType)), (session) =>
      session.run({ x: { dataType, dims: [2], data } }),
    );
    expect(y).toEqual({ dataType, dims: [2], data });
  });

  it("names its inputs and outputs", async () => {
    await withSession(runtime.loadUntrusted(identityOf(DataType.INT64)), async ({ inputs, outputs }) => {
      expect(inputs).toEqual([{ name: "x", dataType: DataType.INT64, shape: ["n"] }]);
      expect(outputs).toEqual([{ name: "y", dataType: DataType.INT64, shape: ["n"] }]);
    });
  });

  it("passes tensors of many megabytes", async () => {
    const data = Float32Array.from({ length: 5_000_000 }, (_, i) => i);
    const { y } = await withSession(runtime.loadUntrusted(identityOf(DataType.FLOAT)), (session) =>
      session.run({ x: { dataType: DataType.FLOAT, dims: [data.length], data } }),
    );
    expect(y?.data.length).toBe(data.length);
    expect(y?.data.at(-1)).toBe(data.at(-1));
  });

  it("answers requests in turn, and goes on after a failed one", async () => {
    await withSession(runtime.loadUntrusted(identityOf(DataType.FLOAT)), async (session) => {
      const feed = (value: number): Feeds => ({
        x: { dataType: 1, dims: [1], data: Float32Array.of(value) },
      });
      const results = await Promise.allSettled([session.run(feed(1)), session.run({}), session.run(feed(2))]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(results[2]).toMatchObject({ value: { y: { data: Float32Array.of(2) } } });
      expect((await failure(() => session.run({}))).code).toBe("RUN_FAILED");
    });
  });

  it("takes external data from memory, and reads no file that the model names", async () => {
    const external = { "w.bin": new Uint8Array(Float32Array.of(41).buffer) };
    const { y } = await withSession(
      runtime.loadUntrusted({ bytes: externalWeight("w.bin"), external }),
      (session) => session.run(one),
    );
    expect(y?.data[0]).toBe(42);
    for (const location of ["package.json", "/etc/passwd", "../package.json"]) {
      const { code } = await failure(() => runtime.loadUntrusted(externalWeight(location)));
      expect(code, location).toBe("NOT_RUNNABLE");
    }
  });

  it("profiles", async () => {
    const nodes = await withSession(
      runtime.loadUntrusted(identityOf(DataType.FLOAT), { profile: true, optimisation: "disabled" }),
      async (session) => {
        await session.run(one);
        return session.profile?.();
      },
    );
    expect(nodes).toEqual([
      {
        name: "identity",
        opType: "Identity",
        durationUs: expect.any(Number),
        inputShapes: [[1]],
        outputShapes: [[1]],
      },
    ]);
  });

  it("is refused as NOT_RUNNABLE when ONNX Runtime refuses it", async () => {
    expect((await failure(() => runtime.loadUntrusted(new Uint8Array(7)))).code).toBe("NOT_RUNNABLE");
    const unknown = model((graph) => graph.output(graph.op("No\u202eOp", [graph.input("x", [1])]), "y"));
    const { code, message } = await failure(() => runtime.loadUntrusted(unknown));
    expect(code).toBe("NOT_RUNNABLE");
    expect(message).toContain("No\\u202eOp");
  });

  it("is alive until it is stopped", async () => {
    const session = await runtime.loadUntrusted(endlessLoop(), { timeoutMs: 500 });
    expect(session.alive).toBe(true);
    expect((await failure(() => session.run(one))).code).toBe("TIMEOUT");
    expect(session.alive).toBe(false);
    await session.dispose();
  });

  it("cannot run after it is disposed", async () => {
    const session = await runtime.loadUntrusted(identityOf(DataType.FLOAT));
    await session.dispose();
    await session.dispose();
    await expect(session.run(one)).rejects.toThrow("disposed");
  });
});

// Deadlines are wall time: a machine busy with other things gets a second try.
describe("a hostile model", { retry: 2 }, () => {
  const timeoutMs = 1500;

  it("that never ends is stopped at its deadline", async () => {
    await withSession(runtime.loadUntrusted(endlessLoop(), { timeoutMs }), async (session) => {
      const { code, ms } = await failure(() => session.run(one));
      expect(code).toBe("TIMEOUT");
      expect(ms).toBeGreaterThanOrEqual(timeoutMs - 1);
      expect(ms).toBeLessThan(timeoutMs + SLACK_MS);
      expect((await failure(() => session.run(one))).code).toBe("TIMEOUT"); // it stays dead
    });
  });

  it.each([20, 30])("of functions that double %d times is stopped while it loads", async (depth) => {
    const { code, ms } = await failure(() => runtime.loadUntrusted(doublingFunctions(depth), { timeoutMs }));
    expect(code).toBe("TIMEOUT");
    expect(ms).toBeLessThan(timeoutMs + 2 * SLACK_MS); // the start of the process is not counted
  });

  it("of functions that double few times just runs", async () => {
    const { y } = await withSession(runtime.loadUntrusted(doublingFunctions(4)), (session) =>
      session.run(one),
    );
    expect(y?.data[0]).toBe(1);
  });

  it("of very many nodes is stopped while it loads", async () => {
    const chain = longChain(500_000);
    const { code, ms } = await failure(() => runtime.loadUntrusted(chain, { timeoutMs }));
    expect(code).toBe("TIMEOUT");
    expect(ms).toBeLessThan(timeoutMs + 2 * SLACK_MS);
  });

  it.skipIf(!isolation.memoryCeiling)("that asks for 6.4 GB meets its ceiling at once", async () => {
    const { code, ms } = await failure(() =>
      withSession(runtime.loadUntrusted(constantOfShape(40_000, 40_000)), (session) => session.run({})),
    );
    expect(code).toBe("MEMORY");
    expect(ms).toBeLessThan(3000);
  });

  it.skipIf(!isolation.memoryCeiling)("may have what its ceiling allows and no more", async () => {
    const run = (memoryBytes: number) =>
      withSession(runtime.loadUntrusted(constantOfShape(5000, 10_000), { memoryBytes }), (session) =>
        session.run({}),
      );
    expect((await failure(() => run(100 * MIB))).code).toBe("MEMORY");
    expect((await run(1024 * MIB)).y?.dims).toEqual([5000, 10_000]);
  });

  it("with outputs beyond a gigabyte gives none of them", async () => {
    const run = withSession(
      runtime.loadUntrusted(constantOfShape(20_000, 13_500), { memoryBytes: 8192 * MIB }),
      (session) => session.run({}),
    );
    expect((await failure(() => run)).code).toBe("MEMORY");
  });

  it("gives no more bytes than it may, and goes on", async () => {
    const opening = runtime.loadUntrusted(identityOf(DataType.FLOAT), { outputBytes: 8 });
    await withSession(opening, async (session) => {
      const run = (count: number): Promise<unknown> =>
        session.run({ x: { dataType: DataType.FLOAT, dims: [count], data: new Float32Array(count) } });
      expect((await failure(() => run(3))).code).toBe("MEMORY");
      expect(session.alive).toBe(true);
      await run(2);
    });
  });

  it("is stopped by an abort: before, while it loads, while it runs", async () => {
    const before = await failure(() => runtime.loadUntrusted(endlessLoop(), { signal: AbortSignal.abort() }));
    expect(before.code).toBe("ABORTED");

    const signal = AbortSignal.timeout(500);
    const loading = await failure(() => runtime.loadUntrusted(doublingFunctions(30), { signal }));
    expect(loading.code).toBe("ABORTED");
    expect(loading.ms).toBeLessThan(500 + SLACK_MS);

    const controller = new AbortController();
    const opening = runtime.loadUntrusted(endlessLoop(), { signal: controller.signal });
    await withSession(opening, async (session) => {
      const running = failure(() => session.run(one));
      setTimeout(() => controller.abort(), 200);
      const { code, ms } = await running;
      expect(code).toBe("ABORTED");
      expect(ms).toBeLessThan(200 + SLACK_MS);
    });
  });
});

describe.skipIf(process.platform !== "linux")("the child process", { retry: 2 }, () => {
  const packageFolder = fileURLToPath(new URL("../../packages/runtime-node/dist/", import.meta.url));

  /** Runs a script in a Node of its own; ends with what it wrote and how it ended. */
  function parent(script: string) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      output += `${line}\n`;
    });
    const closed = new Promise<{ code: number | null; output: string }>((resolve) => {
      child.on("close", (code) => resolve({ code, output }));
    });
    return { child, lines, closed };
  }

  const base64 = (bytes: Uint8Array) => JSON.stringify(Buffer.from(bytes).toString("base64"));
  const open = (bytes: Uint8Array, isolated = "findIsolation()", timeoutMs = 60_000) => `
    import { findIsolation } from ${JSON.stringify(`${packageFolder}child/isolation.js`)};
    import { openIsolatedSession } from ${JSON.stringify(`${packageFolder}child/isolated-session.js`)};
    const bytes = new Uint8Array(Buffer.from(${base64(bytes)}, "base64"));
    const session = await openIsolatedSession({ bytes }, { threads: 1, timeoutMs: ${timeoutMs} }, ${isolated});
    const x = { dataType: 1, dims: [1], data: Float32Array.of(1) };`;
  const runForEver = "setTimeout(() => console.log('running'), 300); await session.run({ x });";

  function childrenOf(pid: number): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((other) => statusOf(other)?.parent === pid);
  }

  function statusOf(pid: number): { parent: number; state: string } | null {
    try {
      const [, state = "", ppid = ""] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return { parent: Number(ppid), state };
    } catch {
      return null;
    }
  }

  /** Milliseconds until the process is gone; fails after `limitMs`. */
  async function gone(pid: number, limitMs: number): Promise<number> {
    const start = performance.now();
    for (;;) {
      const status = statusOf(pid);
      if (status === null || status.state === "Z") return performance.now() - start;
      if (performance.now() - start > limitMs) throw new Error(`process ${pid} is still there`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function killParent(script: string): Promise<number> {
    const { child, lines, closed } = parent(script);
    await new Promise((resolve) => lines.once("line", resolve));
    const [model] = childrenOf(child.pid as number);
    if (model === undefined) throw new Error("no child of the parent");
    child.kill("SIGKILL");
    await closed;
    return model;
  }

  it("ends with a parent that is killed, when idle", async () => {
    const script = `${open(identityOf(DataType.FLOAT))} console.log("idle"); setInterval(() => {}, 1000);`;
    await gone(await killParent(script), SLACK_MS);
    const bare = script.replace("findIsolation())", "{ prlimit: null, setpriv: null })");
    await gone(await killParent(bare), SLACK_MS);
  });

  it.skipIf(!isolation.diesWithParent)("ends with a parent that is killed, inside native code", async () => {
    await gone(await killParent(`${open(endlessLoop())} ${runForEver}`), SLACK_MS);
  });

  it.skipIf(!isolation.memoryCeiling)("runs out of CPU time where nothing else stops it", async () => {
    const limited = "{ ...findIsolation(), setpriv: null }";
    const orphan = await killParent(`${open(endlessLoop(), limited, 500)} ${runForEver}`);
    // About three seconds of CPU time, which take longer where others compute, too.
    await gone(orphan, 60 * SLACK_MS);
  });

  it("does not keep its parent from ending, and ends with it", async () => {
    const start = performance.now();
    const script = `${open(identityOf(DataType.FLOAT))} console.log((await session.run({ x })).y.data[0]);`;
    const { child, lines, closed } = parent(script);
    const [model] = await new Promise<number[]>((resolve) => {
      lines.once("line", () => resolve(childrenOf(child.pid as number)));
    });
    expect(await closed).toEqual({ code: 0, output: "1\n" });
    expect(performance.now() - start).toBeLessThan(5000);
    if (model !== undefined) await gone(model, SLACK_MS);
  });

  it("keeps its noise to itself", async () => {
    // ONNX Runtime warns about a declared shape that the operator contradicts.
    const noisy = model((graph) => {
      const y = graph.op("Identity", [graph.input("x", [1])]);
      y.type = { kind: "tensor", dataType: DataType.FLOAT, shape: [7] };
      graph.output(graph.op("Add", [y, graph.weight("w", floatTensor([1], [1]))]), "z");
    });
    const script = `${open(noisy)} const { z } = await session.run({ x }); await session.dispose();
      console.log(z.data[0]);`;
    expect(await parent(script).closed).toEqual({ code: 0, output: "2\n" });
  });

  it.each([
    ["SIGKILL", "MEMORY"], // as the kernel does when memory is short
    ["SIGSEGV", "RUN_FAILED"],
    ["SIGXCPU", "TIMEOUT"],
  ] as const)("that dies by %s is reported as %s", async (signal, code) => {
    const script = `${open(endlessLoop())} ${runForEver}`.replace(
      "await session.run({ x });",
      "await session.run({ x }).catch((error) => console.log(error.code));",
    );
    const { child, lines, closed } = parent(script);
    await new Promise((resolve) => lines.once("line", resolve));
    const [model] = childrenOf(child.pid as number);
    process.kill(model as number, signal);
    expect(await closed).toEqual({ code: 0, output: `running\n${code}\n` });
  });
});

describe("without onnxruntime-node", () => {
  it("says UNAVAILABLE and how to install it", async () => {
    const index = new URL("../../packages/runtime-node/dist/index.js", import.meta.url).href;
    const hooks = `export function resolve(name, context, next) {
      if (name === "onnxruntime-node") throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(name, context);
    }`;
    const script = `
      import { register } from "node:module";
      register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
      const { nodeRuntime } = await import(${JSON.stringify(index)});
      const error = await nodeRuntime().load(new Uint8Array(3)).catch((error) => error);
      console.log(error.message);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    for await (const chunk of child.stdout) output += chunk;
    expect(output).toContain("[UNAVAILABLE]");
    expect(output).toContain("ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node");
  });
});
