// The deployed folder and its server as users meet them: deploying, asking, load, comparing, stopping. Runs dist/,
// so build first.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readReceipt, seededRandom } from "@espalier/core";
import { nodeRuntime } from "@espalier/runtime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLI, DIGITS, deployCpu, load, type Served, serve } from "../hostile/server/deployed.js";
import { endlessModel } from "../hostile/server/endless-model.js";
import { inferRequest } from "../hostile/server/server-case.js";
import { readReplies } from "../hostile/server/wire.js";

const BINARY = { "content-type": "application/octet-stream" };
const JSON_TYPE = { "content-type": "application/json" };
let box = "";
let folder = "";

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-deploy-"));
  folder = join(box, "digits");
  const { status, stderr } = deployCpu(DIGITS, "--out", folder, "--ratio", "0.5", "--no-measure");
  expect(status, stderr).toBe(0);
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Pictures that differ from each other. */
function pictures(count: number, seed: number): Float32Array[] {
  const random = seededRandom(seed, "pictures");
  return Array.from({ length: count }, () => Float32Array.from({ length: 784 }, () => random.normal()));
}

function repeated(picture: Float32Array, times: number): Float32Array {
  return Float32Array.from(
    { length: times * picture.length },
    (_, i) => picture[i % picture.length] as number,
  );
}

const bytesOf = (data: Float32Array): Uint8Array => new Uint8Array(data.buffer.slice(0));

/** What ONNX Runtime says of the same file. */
async function logitsOf(file: string, all: readonly Float32Array[], batch = 1): Promise<Float32Array[]> {
  const session = await nodeRuntime().load(new Uint8Array(readFileSync(file)), { threads: 1 });
  try {
    const logits: Float32Array[] = [];
    for (const data of all) {
      const { logits: found } = await session.run({ image: { dataType: 1, dims: [batch, 1, 28, 28], data } });
      logits.push(Float32Array.from(found?.data as Float32Array));
    }
    return logits;
  } finally {
    await session.dispose();
  }
}

describe("deploying", () => {
  it("takes the input card beside the model along, byte for byte, and no card that is none", () => {
    const model = join(box, "carded.onnx");
    const out = join(box, "carded");
    cpSync(DIGITS, model);
    const card = `{ "inputs": [{ "name": "image", "layout": "NCHW", "channels": "grey" }], "labels": ["0", "1"] }\n`;
    writeFileSync(join(box, "carded.io.json"), `{ "inputs": [{ "name": "image", "layout": "CHW" }] }`);
    const refused = deployCpu(model, "--out", out, "--ratio", "0.5", "--no-measure");
    expect(refused.status, refused.stderr).toBe(3);
    expect(refused.stderr).toContain("This is not an input card");
    expect(refused.stderr).toContain("/inputs/0/layout");
    expect(existsSync(out)).toBe(false);
    writeFileSync(join(box, "carded.io.json"), card);
    expect(deployCpu(model, "--out", out, "--ratio", "0.5", "--no-measure").status).toBe(0);
    expect(readFileSync(join(out, "model.io.json"), "utf8")).toBe(card);
    const receipt = readReceipt(new Uint8Array(readFileSync(join(out, "receipt.json"))));
    expect(receipt.files.find(({ path }) => path === "model.io.json")?.role).toBe("input card");
  });

  it("writes the artefact and the dense baseline, all in the receipt", () => {
    expect(readdirSync(folder).sort()).toEqual([
      "dense.onnx",
      "model.io.json", // the digits have an input card
      "model.onnx",
      "plan.json",
      "receipt.json",
      "report.html",
    ]);
    const receipt = readReceipt(new Uint8Array(readFileSync(join(folder, "receipt.json"))));
    for (const file of receipt.files)
      expect(sha256(readFileSync(join(folder, file.path))), file.path).toBe(file.sha256);
    expect(receipt.files.map(({ path }) => path).sort()).toEqual([
      "dense.onnx",
      "model.io.json",
      "model.onnx",
      "plan.json",
      "report.html",
    ]);
  });

  it("ends with the codes of the command line, and changes nothing then", () => {
    const before = readdirSync(box);
    expect(deployCpu(join(box, "absent.onnx"), "--out", join(box, "a")).status).toBe(3);
    expect(deployCpu(DIGITS, "--out", join(box, "a"), "--ratio", "2").status).toBe(2);
    expect(deployCpu(DIGITS).status).toBe(2);
    expect(deployCpu(DIGITS, "--out", box).status).toBe(2); // holds what is not ours
    expect(deployCpu("serve", join(box, "a")).status).toBe(3);
    expect(readdirSync(box)).toEqual(before);
    expect(deployCpu(DIGITS, "--out", join(box, "none"), "--ratio", "0", "--no-measure").status).toBe(4);
    expect(deployCpu("serve", join(box, "none")).status).toBe(2);
  });

  it("deploys with --from what lies there, weights and all, and only that", () => {
    const tuned = join(box, "tuned");
    cpSync(folder, tuned, { recursive: true });
    const bytes = readFileSync(join(tuned, "model.onnx"));
    bytes[bytes.length >> 1]! ^= 1; // as if somebody had trained it
    writeFileSync(join(tuned, "model.onnx"), bytes);
    const out = join(box, "from");
    const tampered = deployCpu(DIGITS, "--from", tuned, "--out", out);
    expect([tampered.status, tampered.stderr.includes("MISMATCH")]).toEqual([3, true]);
    const receiptFile = join(tuned, "receipt.json");
    const told = readFileSync(receiptFile, "utf8");
    writeFileSync(
      receiptFile,
      told.replaceAll(sha256(readFileSync(join(folder, "model.onnx"))), sha256(bytes)),
    );

    const { status, stderr } = deployCpu(DIGITS, "--from", tuned, "--out", out);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("remove 50 % of the units of every group; pruned already");
    expect(readFileSync(join(out, "model.onnx")).equals(bytes)).toBe(true);
    for (const file of ["dense.onnx", "plan.json", "model.io.json"])
      expect(readFileSync(join(out, file)), file).toEqual(readFileSync(join(folder, file)));
    const receipt = readReceipt(new Uint8Array(readFileSync(join(out, "receipt.json"))));
    expect(receipt.artefact?.sha256).toBe(sha256(bytes));
    for (const file of receipt.files) expect(sha256(readFileSync(join(out, file.path)))).toBe(file.sha256);

    expect(deployCpu(DIGITS, "--from", tuned, "--out", join(box, "no"), "--ratio", "0.3").status).toBe(2);
    const other = deployCpu(join(folder, "dense.onnx"), "--from", tuned, "--out", join(box, "no"));
    expect([other.status, other.stderr.includes("PLAN_MISMATCH")]).toEqual([3, true]);
  });

  it("does not serve a model that is not the receipt's", () => {
    const other = join(box, "tampered");
    cpSync(folder, other, { recursive: true });
    const bytes = readFileSync(join(other, "model.onnx"));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(other, "model.onnx"), bytes);
    const { status, stderr } = deployCpu("serve", other, "--port", "0");
    expect(status).toBe(3);
    expect(stderr).toContain("MISMATCH");
  });
});

describe("a server", () => {
  let server: Served;
  let base = "";
  beforeAll(async () => {
    server = await serve(folder);
    base = `http://127.0.0.1:${server.port}`;
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  const infer = (body: Uint8Array | string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${base}/infer`, { method: "POST", body: body as string, headers });

  it("gives every one of many clients its own answer, to the bit of ONNX Runtime", async () => {
    const all = pictures(60, 1);
    const expected = await logitsOf(join(folder, "model.onnx"), all);
    const found = await Promise.all(
      all.map(async (data) => new Float32Array(await (await infer(bytesOf(data), BINARY)).arrayBuffer())),
    );
    expect(found).toEqual(expected);
  });

  it("takes JSON and gives JSON, batches too", async () => {
    const [a, b] = pictures(2, 2) as [Float32Array, Float32Array];
    const expected = await logitsOf(join(folder, "model.onnx"), [a, b]);
    const image = { dims: [2, 1, 28, 28], data: [...a, ...b], type: "float32" };
    const reply = await infer(JSON.stringify({ inputs: { image } }), JSON_TYPE);
    const { outputs } = (await reply.json()) as {
      outputs: { logits: { type: string; dims: number[]; data: number[] } };
    };
    expect(reply.status).toBe(200);
    expect([outputs.logits.type, outputs.logits.dims]).toEqual(["float32", [2, 10]]);
    // A batch may be computed in another order than its items alone.
    for (const [i, value] of expected.flatMap((one) => [...one]).entries())
      expect(outputs.logits.data[i]).toBeCloseTo(value, 4);
  });

  it("takes raw bytes with dimensions, and gives the form that was asked for", async () => {
    const [data] = pictures(1, 3) as [Float32Array];
    const headers = { ...BINARY, "espalier-dims": "1,1,28,28" };
    const raw = await infer(bytesOf(data), headers);
    expect([raw.headers.get("espalier-dims"), raw.headers.get("espalier-type")]).toEqual(["1,10", "float32"]);
    const json = await infer(bytesOf(data), { ...headers, accept: "application/json" });
    const { outputs } = (await json.json()) as { outputs: { logits: { data: number[] } } };
    expect(new Float32Array(await raw.arrayBuffer())).toEqual(Float32Array.from(outputs.logits.data));
  });

  it("tells what it serves and how it does", async () => {
    const health = (await (await fetch(`${base}/health`)).json()) as Record<string, never>;
    const receipt = readReceipt(new Uint8Array(readFileSync(join(folder, "receipt.json"))));
    expect(health).toMatchObject({
      ready: true,
      model: { sha256: receipt.artefact?.sha256, sourceSha256: receipt.source.sha256, dense: false },
      versions: { node: process.versions.node },
    });
    const { sinceStart } = (await (await fetch(`${base}/latency`)).json()) as {
      sinceStart: { count: number; p50Ms: number; p99Ms: number; maxMs: number };
    };
    expect(sinceStart.count).toBeGreaterThanOrEqual(63);
    expect(sinceStart.p50Ms).toBeLessThanOrEqual(sinceStart.p99Ms);
    expect(sinceStart.p99Ms).toBeLessThanOrEqual(sinceStart.maxMs);
    const page = await fetch(base);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const text = await page.text();
    for (const part of ["digits.onnx", "logits", "curl -s", "28"]) expect(text).toContain(part);
    expect(text).not.toContain("<script");
    expect((await fetch(base, { method: "HEAD" })).status).toBe(200);
  });

  it("serves five seconds of load from another process without one failure", async () => {
    const [data] = pictures(1, 4) as [Float32Array];
    const { requests, failed, firstFailure } = await load(server.port, 4, 5, bytesOf(data));
    expect([failed, firstFailure]).toEqual([0, null]);
    expect(requests).toBeGreaterThan(20);
  });
});

describe("stopping", () => {
  it("finishes what is in flight, takes nothing new, and ends with 0", async () => {
    const server = await serve(folder, "--workers", "1");
    const base = `http://127.0.0.1:${server.port}`;
    const batches = pictures(30, 5).map((picture) => repeated(picture, 64));
    const expected = await logitsOf(join(folder, "model.onnx"), batches, 64);
    // Sockets of our own: all requests are with the server, the last one only half, when the signal comes.
    const clients = batches.map((data, i) => {
      const socket = connect(server.port, "127.0.0.1");
      const request = inferRequest(bytesOf(data), BINARY["content-type"]);
      const half = i === batches.length - 1 ? request.length >> 1 : request.length;
      socket.write(request.subarray(0, half));
      const done = new Promise<Buffer>((resolve, reject) => {
        const chunks: Buffer[] = [];
        socket.on("data", (chunk: Buffer) => chunks.push(chunk));
        socket.once("end", () => resolve(Buffer.concat(chunks))).once("error", reject);
      });
      return { socket, done, rest: request.subarray(half) };
    });
    const arrived = async (): Promise<number> => {
      const reply = await fetch(`${base}/latency`);
      const { sinceStart, running, waiting } = (await reply.json()) as {
        sinceStart: { count: number };
        running: number;
        waiting: number;
      };
      return sinceStart.count + running + waiting;
    };
    await expect.poll(arrived, { timeout: 30_000, interval: 5 }).toBe(batches.length - 1);
    const stopped = server.stop();
    await expect
      .poll(() => fetch(`${base}/health`).then(String, () => "refused"), { timeout: 10_000 })
      .toBe("refused");
    const last = clients.at(-1) as (typeof clients)[number];
    last.socket.write(last.rest);
    const replies = await Promise.all(clients.map(({ done }) => done));
    expect(await stopped).toBe(0);
    for (const [i, bytes] of replies.entries()) {
      const [reply] = readReplies(bytes).replies;
      expect(reply?.status, `request ${i}`).toBe(200);
      const body = bytes.subarray(bytes.length - 64 * 40);
      expect(new Float32Array(new Uint8Array(body).buffer)).toEqual(expected[i]);
    }
    expect(server.log.at(-1)).toContain('"event":"stopped"');
  });
});

describe("a model that its client makes run for ever", () => {
  it("is stopped at its deadline, and others are served meanwhile and afterwards", async () => {
    const source = join(box, "endless.onnx");
    writeFileSync(source, endlessModel());
    const { status, stderr } = deployCpu(
      source,
      "--out",
      join(box, "endless"),
      "--ratio",
      "0.5",
      "--no-measure",
    );
    expect(status, stderr).toBe(0);
    const server = await serve(join(box, "endless"), "--workers", "2", "--deadline-ms", "2500");
    const ask = async (trips: string): Promise<[number, string | null]> => {
      const inputs = { x: { dims: [1, 4], data: [1, 2, 3, 4] }, trips: { dims: [], data: [trips] } };
      const reply = await fetch(`http://127.0.0.1:${server.port}/infer`, {
        method: "POST",
        headers: JSON_TYPE,
        body: JSON.stringify({ inputs }),
      });
      const { error } = (await reply.json()) as { error?: { code: string } };
      return [reply.status, error?.code ?? null];
    };
    try {
      const endless = ask("4611686018427387904");
      await sleep(100);
      for (let i = 0; i < 5; i++) expect(await ask("3")).toEqual([200, null]);
      expect(await endless).toEqual([503, "TIMEOUT"]);
      const ready = async (): Promise<number> => {
        const reply = await fetch(`http://127.0.0.1:${server.port}/health`);
        return ((await reply.json()) as { processes: { ready: number } }).processes.ready;
      };
      await expect.poll(ready, { timeout: 30_000 }).toBe(2);
      // Both processes at once: nobody is left until new ones are up.
      expect(await Promise.all([ask("4611686018427387904"), ask("4611686018427387904")])).toEqual([
        [503, "TIMEOUT"],
        [503, "TIMEOUT"],
      ]);
      const deadline = performance.now() + 20_000;
      let found = await ask("3");
      while (found[0] !== 200 && performance.now() < deadline) {
        expect(found).toEqual([503, "NOT_READY"]);
        await sleep(50);
        found = await ask("3");
      }
      expect(found).toEqual([200, null]);
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });
});

describe("comparing", () => {
  it("loads both models in turn and leaves a folder whose receipt still holds", async () => {
    const { status, stdout, stderr } = deployCpu(
      ...["compare", folder, "--seconds", "1", "--rounds", "1", "--clients", "2", "--workers", "1", "--json"],
    );
    expect(status, stderr).toBe(0);
    const comparison = JSON.parse(stdout) as {
      rounds: { model: string }[];
      dense: { requests: number; failed: number };
      pruned: { requests: number; failed: number };
    };
    expect(comparison.rounds.map(({ model }) => model)).toEqual(["dense", "pruned"]);
    for (const side of [comparison.dense, comparison.pruned]) {
      expect(side.failed).toBe(0);
      expect(side.requests).toBeGreaterThan(0);
    }
    expect(JSON.parse(readFileSync(join(folder, "load.json"), "utf8"))).toEqual(comparison);
    expect(readFileSync(join(folder, "report.html"), "utf8").match(/id="load"/g)).toHaveLength(1);
    const verified = spawnSync(process.execPath, [CLI, "verify", folder, "--source", DIGITS], {
      encoding: "utf8",
    });
    expect(verified.status, verified.stdout).toBe(0);
  });
});
