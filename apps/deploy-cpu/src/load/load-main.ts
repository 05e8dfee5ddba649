// The process that makes load: so many requests open at any time, for so long. Without a rate it is a closed loop: the
// next request of a client begins when its last one is answered. The job comes on stdin, the result goes to stdout.

import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadJob, LoadResult } from "./load-job.js";

const job = JSON.parse(await text(process.stdin)) as LoadJob;
process.stdout.write(JSON.stringify(await load(job)));

async function load(asked: LoadJob): Promise<LoadResult> {
  const { port, clients, seconds, perSecond, contentType, bodyBase64 } = asked;
  const body = Buffer.from(bodyBase64, "base64");
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latenciesMs: number[] = [];
  let requests = 0;
  let failed = 0;
  let firstFailure: string | null = null;
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port,
          agent,
          method: "POST",
          path: "/infer",
          headers: { "content-type": contentType, "content-length": body.byteLength },
        },
        (reply) => {
          reply.on("error", reject).resume();
          reply.on("end", () =>
            reply.statusCode === 200 ? resolve() : reject(new Error(`status ${reply.statusCode}`)),
          );
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  const start = performance.now();
  const end = start + 1000 * seconds;
  const client = async (_: unknown, index: number): Promise<void> => {
    const everyMs = perSecond === undefined ? 0 : (1000 * clients) / perSecond;
    let due = start + (everyMs * index) / clients;
    while (Math.max(due, performance.now()) < end) {
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait);
      const from = everyMs === 0 ? performance.now() : due;
      due += everyMs;
      requests += 1;
      try {
        await ask();
        latenciesMs.push(performance.now() - from);
      } catch (error) {
        failed += 1;
        firstFailure ??= error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return { requests, failed, seconds: (performance.now() - start) / 1000, latenciesMs, firstFailure };
}
