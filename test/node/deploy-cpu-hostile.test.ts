// The server among hostile clients: each gets its exact status and code, the healthy ones beside them always their
// answer, and nothing is left over. Runs dist/, so build first.

import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DIGITS, deployCpu, type Served, serve } from "../hostile/server/deployed.js";
import { SERVER_CASES, SERVER_OPTIONS } from "../hostile/server/manifest/all.js";
import { runCases } from "../hostile/server/run-cases.js";

const AT_A_TIME = 24;
let box = "";
let server: Served;

beforeAll(async () => {
  box = mkdtempSync(join(tmpdir(), "espalier-hostile-"));
  const { status, stderr } = deployCpu(DIGITS, "--out", join(box, "digits"), "--no-measure");
  expect(status, stderr).toBe(0);
  server = await serve(join(box, "digits"), ...SERVER_OPTIONS);
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

async function ask(): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${server.port}/infer`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(3136),
  });
  return `${reply.status} ${Buffer.from(await reply.arrayBuffer()).toString("hex")}`;
}

/** Asks again and again while `work` goes on; every answer that is not the first one. */
async function whileHealthy(work: Promise<unknown>): Promise<{ asked: number; wrong: string[] }> {
  const expected = await ask();
  expect(expected).toMatch(/^200 [0-9a-f]{80}$/);
  const wrong: string[] = [];
  let asked = 0;
  let over = false;
  void work.finally(() => {
    over = true;
  });
  while (!over) {
    asked += 1;
    const found = await ask().catch((error) => String(error));
    if (found !== expected) wrong.push(found);
    await sleep(5);
  }
  await work;
  return { asked, wrong };
}

describe("hostile clients", () => {
  it("are at least sixty, each with a name of its own", () => {
    expect(SERVER_CASES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(SERVER_CASES.map(({ name }) => name)).size).toBe(SERVER_CASES.length);
  });

  it("are refused with their codes, and the healthy ones beside them served", async () => {
    const running = runCases(server.port, SERVER_CASES, AT_A_TIME);
    const { asked, wrong } = await whileHealthy(running);
    const faults = (await running).flatMap(({ name, wrong: fault }) =>
      fault === null ? [] : `${name}: ${fault}`,
    );
    expect(faults).toEqual([]);
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(20);
  });

  it("that only connect, more than the server takes, give way to one that asks", async () => {
    const idle: Socket[] = [];
    const flood = (async () => {
      for (let i = 0; i < 400; i++) {
        idle.push(connect(server.port, "127.0.0.1").on("error", () => {}));
        if (i % 20 === 19) await sleep(10);
      }
      await sleep(300);
    })();
    const { wrong } = await whileHealthy(flood);
    for (const socket of idle) socket.destroy();
    expect(wrong).toEqual([]);
  });

  it("leave nothing behind: no memory taken, no connection, no fault of the server", async () => {
    expect(await server.stop()).toBe(0);
    const events = server.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.filter(({ event }) => event === "internal-error" || event === "process-lost")).toEqual([]);
    const last = events.findLast(({ event }) => event === "served");
    expect(last).toMatchObject({ bufferedBytes: 0, connections: 0 });
    expect(Object.keys((last?.refused as object) ?? {})).not.toContain("INTERNAL");
    // What clients sent is not in the log.
    expect(server.log.join("\n")).not.toMatch(/script|passwd|evil|X-Slow/);
  });
});
