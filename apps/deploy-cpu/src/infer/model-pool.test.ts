import type { Feeds, RuntimeTensor, Session } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { ModelPool } from "./model-pool.js";

const never = (): AbortSignal => new AbortController().signal;
const LOG = { event: () => {}, flush: async () => {} };

/** A session whose runs end when the test says. */
class Puppet implements Session {
  readonly inputs: Session["inputs"] = [];
  readonly outputs: Session["outputs"] = [];
  alive = true;
  disposed = false;
  readonly runs: { feeds: Feeds; finish: (error?: Error) => void }[] = [];

  run(feeds: Feeds): Promise<Record<string, RuntimeTensor>> {
    return new Promise((resolve, reject) => {
      this.runs.push({
        feeds,
        finish: (error) => (error === undefined ? resolve({ y: feeds.x as RuntimeTensor }) : reject(error)),
      });
    });
  }

  async dispose(): Promise<void> {
    this.disposed = true;
  }
}

const feed = (value: number): Feeds => ({ x: { dataType: 1, dims: [1], data: Float32Array.of(value) } });
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

async function poolOf(size: number, queue: number, deadlineMs = 60_000): Promise<[ModelPool, Puppet[]]> {
  const puppets: Puppet[] = [];
  const open = async (): Promise<Session> => {
    const puppet = new Puppet();
    puppets.push(puppet);
    return puppet;
  };
  const pool = await ModelPool.start({ size, queue, deadlineMs, open, log: LOG });
  await settle();
  return [pool, puppets];
}

describe("ModelPool", () => {
  it("runs one request a process and gives each its own outputs", async () => {
    const [pool, puppets] = await poolOf(2, 8);
    const all = [1, 2, 3].map((value) => pool.run(feed(value), never()));
    await settle();
    expect(puppets.map(({ runs }) => runs.length)).toEqual([1, 1]);
    expect([pool.running, pool.waiting]).toEqual([2, 1]);
    for (const { runs } of puppets) runs[0]?.finish();
    await settle();
    for (const { runs } of puppets) runs[1]?.finish();
    const outputs = await Promise.all(all);
    expect(outputs.map(({ outputs: { y } }) => y?.data[0])).toEqual([1, 2, 3]);
    await pool.close();
    expect(puppets.every(({ disposed }) => disposed)).toBe(true);
  });

  it("refuses what does not fit the queue, and says when to come back", async () => {
    const [pool, [puppet]] = await poolOf(1, 2);
    const taken = [1, 2, 3].map((value) => pool.run(feed(value), never()));
    await expect(pool.run(feed(4), never())).rejects.toMatchObject({
      code: "OVERLOADED",
      context: { retryAfter: expect.any(Number) },
    });
    for (let i = 0; i < 3; i++) {
      await settle();
      puppet?.runs[i]?.finish();
    }
    expect(await Promise.all(taken)).toHaveLength(3);
    await pool.close();
  });

  it("forgets a request whose client has gone before its turn", async () => {
    const [pool, [puppet]] = await poolOf(1, 4);
    const first = pool.run(feed(1), never());
    const gone = new AbortController();
    const second = pool.run(feed(2), gone.signal);
    const third = pool.run(feed(3), never());
    gone.abort();
    await expect(second).rejects.toMatchObject({ name: "Refusal" });
    puppet?.runs[0]?.finish();
    await first;
    await settle();
    expect(puppet?.runs[1]?.feeds.x?.data[0]).toBe(3);
    puppet?.runs[1]?.finish();
    await third;
    await pool.close();
  });

  it("refuses what waits longer than the deadline", async () => {
    const [pool, [puppet]] = await poolOf(1, 4, 50);
    const first = pool.run(feed(1), never());
    await expect(pool.run(feed(2), never())).rejects.toMatchObject({ code: "OVERLOADED" });
    puppet?.runs[0]?.finish();
    await first;
    await pool.close();
  });

  it.each([
    ["TIMEOUT", "TIMEOUT"],
    ["MEMORY", "MEMORY"],
    ["RUN_FAILED", "INTERNAL"],
  ] as const)("replaces a process that is gone (%s)", async (code, refused) => {
    const [pool, puppets] = await poolOf(1, 4);
    const failing = pool.run(feed(1), never());
    const [puppet] = puppets;
    if (puppet !== undefined) puppet.alive = false;
    puppet?.runs[0]?.finish(new EspalierError(code, "gone"));
    await expect(failing).rejects.toMatchObject({ code: refused });
    expect(pool.ready).toBe(0);
    await expect(pool.run(feed(2), never())).rejects.toMatchObject({ code: "NOT_READY" });
    await expect.poll(() => pool.ready).toBe(1);
    const next = pool.run(feed(3), never());
    puppets[1]?.runs[0]?.finish();
    expect((await next).outputs.y?.data[0]).toBe(3);
    expect(puppet?.disposed).toBe(true);
    await pool.close();
  });

  it("keeps a process that only refused its inputs", async () => {
    const [pool, puppets] = await poolOf(1, 4);
    const failing = pool.run(feed(1), never());
    puppets[0]?.runs[0]?.finish(new EspalierError("RUN_FAILED", "index out of range", { found: "index 9" }));
    await expect(failing).rejects.toMatchObject({ code: "RUN_FAILED", context: { found: "index 9" } });
    expect([pool.ready, puppets.length]).toEqual([1, 1]);
    await pool.close();
  });

  it("does not give a request to a process that died between two", async () => {
    const [pool, puppets] = await poolOf(2, 4);
    const dead = puppets[1] as Puppet;
    dead.alive = false;
    const run = pool.run(feed(1), never());
    await settle();
    expect([dead.runs.length, puppets[0]?.runs.length]).toEqual([0, 1]);
    puppets[0]?.runs[0]?.finish();
    await run;
    await expect.poll(() => pool.ready).toBe(2);
    await pool.close();
  });
});
