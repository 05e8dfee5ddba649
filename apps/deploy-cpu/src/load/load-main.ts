// The process that makes load: so many requests open at any time, for so long. A closed loop: the next request of
// a client begins when its last one is answered. The job comes on stdin, the result goes to stdout.

import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import type { LoadJob, LoadResult } from "./load-job.js";

const job = JSON.parse(await text(process.stdin)) as LoadJob;
process.stdout.write(JSON.stringify(await load(job)));

async function load({ port, clients, seconds, contentType, bodyBase64 }: LoadJob): Promise<LoadResult> {
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
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const from = performance.now();
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
