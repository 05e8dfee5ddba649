// The replies to GET: the page, health, latency.

import { VERSION } from "@espalier/core";
import { itemElements, type Port } from "../infer/port.js";
import type { Reply } from "./exchange.js";
import type { ServedModel } from "./served-model.js";
import type { Statistics } from "./statistics.js";

const BUCKETS_PER_DECADE = 20;
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function healthReply(model: ServedModel, statistics: Statistics, stopping: boolean): Reply {
  const { receipt, pool, workers } = model;
  const ready = pool.ready > 0 && !stopping;
  return jsonReply(ready ? 200 : 503, {
    ready,
    stopping,
    model: {
      title: model.title,
      sha256: model.sha256,
      bytes: model.bytes,
      dense: model.dense,
      sourceSha256: receipt.source.sha256,
      planSha256: receipt.plan?.sha256 ?? null,
    },
    processes: { ready: pool.ready, of: workers },
    versions: { espalier: VERSION, runtime: model.runtime, node: process.versions.node },
    uptimeSeconds: Math.round((performance.now() - statistics.startedAt) / 1000),
  });
}

export function latencyReply({ pool }: ServedModel, statistics: Statistics): Reply {
  return jsonReply(200, { ...statistics.report(), running: pool.running, waiting: pool.waiting });
}

/** @param address where clients reach the server, for the calls to copy */
export async function pageReply(model: ServedModel, statistics: Statistics, address: string): Promise<Reply> {
  const { renderServicePage } = await import("@espalier/report"); // draws, so it loads much
  const { title, receipt, sha256, dense, inputs, outputs, pool, workers } = model;
  const { total } = statistics;
  const text = renderServicePage({
    title,
    receipt,
    sha256,
    dense,
    inputs,
    outputs,
    calls: callsTo(inputs, address),
    ready: pool.ready > 0,
    workers,
    served: { all: total.all, recent: total.recent(performance.now()) },
    buckets: total.buckets(BUCKETS_PER_DECADE),
  });
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
    },
    body: new TextEncoder().encode(text),
  };
}

function jsonReply(status: number, document: object): Reply {
  return {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      ...(status === 503 ? { "retry-after": "1" } : {}),
    },
    body: new TextEncoder().encode(`${JSON.stringify(document)}\n`),
  };
}

function callsTo(inputs: readonly Port[], address: string): { what: string; command: string }[] {
  const [first, second] = inputs;
  const calls = [];
  const elements = first === undefined ? null : itemElements(first);
  if (first !== undefined && second === undefined && elements !== null && first.type !== "string") {
    calls.push({
      what: `Raw bytes: ${elements} × ${first.type} an item, little-endian, row by row. The reply is raw, too, when there is one output.`,
      command: `curl -s ${address}/infer -H 'content-type: application/octet-stream' --data-binary @input.bin -o output.bin`,
    });
  }
  const example = Object.fromEntries(
    inputs.map(({ name, shape }) => [
      name,
      { dims: shape.map((dim) => (typeof dim === "number" ? dim : 1)), data: ["…"] },
    ]),
  );
  const body = JSON.stringify({ inputs: example }).replaceAll('["…"]', "[…]").replaceAll("'", "'\\''");
  calls.push(
    {
      what: "JSON: every input with its dimensions and a flat array of its elements.",
      command: `curl -s ${address}/infer -H 'content-type: application/json' -d '${body}'`,
    },
    { what: "Is it ready, and with which model?", command: `curl -s ${address}/health` },
    { what: "How long do requests take?", command: `curl -s ${address}/latency` },
  );
  return calls;
}
