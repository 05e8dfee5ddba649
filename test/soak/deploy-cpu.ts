// `npm run soak`: the model server for minutes instead of seconds. A minute of requests from another process without
// one failure; healthy clients' p99 with and without hostile clients beside them, in alternating blocks; SIGTERM with
// requests in flight. Writes test/soak/results/deploy-cpu.json; ends with 1 when anything is not as promised.
//
// Traffic goes to 127.0.0.1 only, bounded in count and time. Options: --minute SECONDS, --blocks N, --block SECONDS; on a
// machine that does other things, --priority=-10 (for root) for the comparison of the p99.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { availableParallelism, constants, cpus, loadavg, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { DIGITS, deployCpu, load, type Served, serve } from "../hostile/server/deployed.js";
import { SERVER_CASES, SERVER_OPTIONS } from "../hostile/server/manifest/all.js";
import { runCases } from "../hostile/server/run-cases.js";
import { inferRequest } from "../hostile/server/server-case.js";
import { meet } from "../hostile/server/wire.js";

const RESULT = join(process.cwd(), "test/soak/results/deploy-cpu.json");
const ITEM = new Uint8Array(3136);
const HEALTHY_PER_SECOND = 100;
const HEALTHY_CLIENTS = 8;
const HOSTILE_AT_A_TIME = 12;
const IDLE_SOCKETS = 400;
const REOPEN_MS = 2000;
const IN_FLIGHT = 64;
const LARGEST_RATIO = 2;

interface Attack {
  readonly met: number;
  readonly wrong: readonly string[];
}

const { values: options, positionals } = parseArgs({
  options: {
    minute: { type: "string", default: "60" },
    blocks: { type: "string", default: "6" },
    block: { type: "string", default: "10" },
    priority: { type: "string", default: "0" },
  },
  allowPositionals: true,
});

if (positionals[0] === "attack") await attack(Number(positionals[1]), Number(positionals[2]));
else
  await soak(Number(options.minute), Number(options.blocks), Number(options.block), Number(options.priority));

async function soak(
  minuteSeconds: number,
  blocks: number,
  blockSeconds: number,
  priority: number,
): Promise<void> {
  const box = mkdtempSync(join(tmpdir(), "espalier-soak-"));
  try {
    const folder = join(box, "digits");
    const deployed = deployCpu(DIGITS, "--out", folder, "--ratio", "0.5", "--no-measure");
    if (deployed.status !== 0) throw new Error(deployed.stderr);
    const [loadBefore = 0] = loadavg();
    const first = await serve(folder, ...SERVER_OPTIONS);
    await load(first.port, HEALTHY_CLIENTS, 3, ITEM); // warm
    const rssStart = rssMib(first);
    say(`${minuteSeconds} s of load`);
    const minute = await load(first.port, HEALTHY_CLIENTS, minuteSeconds, ITEM);
    const rssAfterLoad = rssMib(first);
    const firstExit = await first.stop();
    // Little load from here on: its times mean something only where other programs do not get in between.
    if (priority !== 0) setPriority(priority);
    const server = await serve(folder, ...SERVER_OPTIONS);
    await load(server.port, HEALTHY_CLIENTS, 3, ITEM, HEALTHY_PER_SECOND);
    const hostile = await besideHostile(server, blocks, blockSeconds);
    const rssAfterAttack = rssMib(server);
    const stop = await stopInFlight(server);
    const sustained = {
      seconds: minute.seconds,
      clients: HEALTHY_CLIENTS,
      requests: minute.requests,
      failed: minute.failed,
      perSecond: round(minute.requests / minute.seconds),
      ...quantiles(minute.latenciesMs),
    };
    const passed =
      sustained.failed === 0 &&
      firstExit === 0 &&
      sustained.requests > 0 &&
      hostile.healthy.every(({ failed }) => failed === 0) &&
      hostile.wrong.length === 0 &&
      hostile.ratioHostile < LARGEST_RATIO &&
      hostile.ratioIdle < LARGEST_RATIO &&
      stop.answered === IN_FLIGHT &&
      stop.exitCode === 0;
    const result = {
      command: `npm run soak -- --minute ${minuteSeconds} --blocks ${blocks} --block ${blockSeconds} --priority=${priority}`,
      createdAt: new Date().toISOString(),
      machine: { cpu: cpus()[0]?.model.trim(), cores: availableParallelism(), node: process.versions.node },
      note: "Server, its model's processes and all clients share the machine; hostile clients run at the lowest priority.",
      loadBefore: round(loadBefore),
      passed,
      sustained,
      hostile,
      stop,
      rssMib: { start: rssStart, afterLoad: rssAfterLoad, afterAttack: rssAfterAttack },
    };
    // Lists of numbers on one line, as the formatter wants them.
    const written = JSON.stringify(result, null, 2).replace(/\[[\s\d.,]+\]/g, (list) =>
      list.replace(/\s+/g, "").replaceAll(",", ", "),
    );
    writeFileSync(RESULT, `${written}\n`);
    say(written);
    process.exitCode = passed ? 0 : 1;
  } finally {
    rmSync(box, { recursive: true, force: true });
  }
}

type Kind = "undisturbed" | "hostile" | "idle";

/** Healthy clients at a steady rate: alone, beside the whole manifest, and beside more idle sockets than fit. */
async function besideHostile(server: Served, blocks: number, seconds: number) {
  const latencies: Record<Kind, number[]> = { undisturbed: [], hostile: [], idle: [] };
  const counts: Record<Kind, { requests: number; failed: number }> = {
    undisturbed: { requests: 0, failed: 0 },
    hostile: { requests: 0, failed: 0 },
    idle: { requests: 0, failed: 0 },
  };
  const blockP99: Record<Kind, number[]> = { undisturbed: [], hostile: [], idle: [] };
  const wrong: string[] = [];
  const failures: string[] = [];
  let met = 0;
  const kinds: readonly Kind[] = ["undisturbed", "hostile", "idle"];
  for (let block = 0; block < blocks; block++) {
    for (const kind of block % 2 === 0 ? kinds : kinds.toReversed()) {
      say(`block ${block + 1} of ${blocks}, ${kind}`);
      const healthy = load(server.port, HEALTHY_CLIENTS, seconds, ITEM, HEALTHY_PER_SECOND);
      if (kind === "hostile") {
        const attacked = await startAttack(server.port, seconds);
        met += attacked.met;
        wrong.push(...attacked.wrong);
      }
      if (kind === "idle") await holdIdle(server.port, seconds);
      const { requests, failed, latenciesMs, firstFailure } = await healthy;
      latencies[kind].push(...latenciesMs);
      blockP99[kind].push(round(quantile(latenciesMs, 0.99)));
      counts[kind].requests += requests;
      counts[kind].failed += failed;
      if (firstFailure !== null) failures.push(`${kind}: ${firstFailure}`);
      await sleep(500);
    }
  }
  const healthy = kinds.map((kind) => ({
    kind,
    ...counts[kind],
    ...quantiles(latencies[kind]),
    blockP99Ms: blockP99[kind],
  }));
  // Round by round, so that what the machine does meanwhile falls out; the median of the rounds.
  const ratio = (kind: Kind): number =>
    round(
      quantile(
        blockP99[kind].map((ms, i) => ms / (blockP99.undisturbed[i] ?? Number.NaN)),
        0.5,
      ),
    );
  const pooled = (kind: Kind): number =>
    round(quantile(latencies[kind], 0.99) / quantile(latencies.undisturbed, 0.99));
  return {
    distinct: SERVER_CASES.length,
    met,
    wrong,
    failures,
    healthyPerSecond: HEALTHY_PER_SECOND,
    idleSockets: IDLE_SOCKETS,
    healthy,
    ratioHostile: ratio("hostile"),
    ratioIdle: ratio("idle"),
    pooledRatioHostile: pooled("hostile"),
    pooledRatioIdle: pooled("idle"),
  };
}

/** Hostile clients in a process of their own, the manifest over and over. */
async function startAttack(port: number, seconds: number): Promise<Attack> {
  const script = process.argv[1] as string;
  const child = spawn(process.execPath, [script, "attack", String(port), String(seconds)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Their work is done on machines of their own.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return JSON.parse(await text(child.stdout)) as Attack;
}

async function attack(port: number, seconds: number): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  let met = 0;
  const wrong: string[] = [];
  // All walk the manifest, each from another place, so that the slow ones do not come together.
  const client = async (_: unknown, place: number): Promise<void> => {
    for (
      let i = Math.floor((place * SERVER_CASES.length) / HOSTILE_AT_A_TIME);
      performance.now() < end;
      i++
    ) {
      const one = SERVER_CASES[i % SERVER_CASES.length] as (typeof SERVER_CASES)[number];
      const [outcome] = await runCases(port, [one], 1);
      met += 1;
      if (outcome !== undefined && outcome.wrong !== null) wrong.push(`${outcome.name}: ${outcome.wrong}`);
    }
  };
  await Promise.all(Array.from({ length: HOSTILE_AT_A_TIME }, client));
  process.stdout.write(JSON.stringify({ met, wrong } satisfies Attack));
}

/** So many sockets that say nothing; a new one for each that the server closes. */
async function holdIdle(port: number, seconds: number): Promise<void> {
  let over = false;
  const sockets = new Set<Socket>();
  const open = (): void => {
    if (over) return;
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      setTimeout(open, REOPEN_MS);
    });
  };
  for (let i = 0; i < IDLE_SOCKETS; i++) {
    open();
    if (i % 20 === 19) await sleep(20);
  }
  await sleep(1000 * seconds - 20 * (IDLE_SOCKETS / 20));
  over = true;
  for (const socket of sockets) socket.destroy();
}

/** SIGTERM while batches are with the model or wait for it. */
async function stopInFlight(server: Served) {
  const before = await arrived(server);
  const batch = inferRequest(new Uint8Array(64 * 3136), "application/octet-stream");
  const asked = Array.from({ length: IN_FLIGHT }, () =>
    meet(server.port, { name: "in flight", act: (wire) => wire.write(batch), expect: [[200]] }),
  );
  // All of them are with the server, answered, at work or waiting, when it is told to stop.
  while ((await arrived(server)) < before + IN_FLIGHT) await sleep(5);
  const start = performance.now();
  const exitCode = await server.stop();
  const answered = (await Promise.all(asked)).filter(({ replies }) => replies[0]?.status === 200).length;
  return { inFlight: IN_FLIGHT, answered, exitCode, ms: round(performance.now() - start) };
}

/** Requests that were answered, are at work, or wait. */
async function arrived({ port }: Served): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${port}/latency`);
  const { sinceStart, running, waiting } = (await reply.json()) as {
    sinceStart: { count: number };
    running: number;
    waiting: number;
  };
  return sinceStart.count + running + waiting;
}

function rssMib({ pid }: Served): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib) / 1024);
}

function quantiles(ms: readonly number[]) {
  return {
    p50Ms: round(quantile(ms, 0.5)),
    p90Ms: round(quantile(ms, 0.9)),
    p99Ms: round(quantile(ms, 0.99)),
  };
}

function quantile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
