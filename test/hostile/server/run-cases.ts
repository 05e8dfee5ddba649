// Meets the server with hostile clients, so many at a time, and says which did not get what they must.

import type { ServerCase } from "./server-case.js";
import { type Met, meet, type Reply } from "./wire.js";

export interface Outcome {
  readonly name: string;
  /** null when all was as expected. */
  readonly wrong: string | null;
  readonly ms: number;
}

export async function runCases(
  port: number,
  cases: readonly ServerCase[],
  atATime: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = [...cases];
  const client = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const met = await meet(port, one);
      outcomes.push({ name: one.name, wrong: judge(one, met), ms: met.ms });
    }
  };
  await Promise.all(Array.from({ length: atATime }, client));
  return outcomes;
}

function judge({ expect }: ServerCase, { replies, closed, rest }: Met): string | null {
  const found = replies.map(({ status, code }) => (code === null ? `${status}` : `${status} ${code}`));
  const wanted =
    expect === "closed"
      ? []
      : expect.map(([status, code]) => (code === undefined ? `${status}` : `${status} ${code}`));
  const end = closed ? ", closed" : "";
  if (found.join("; ") !== wanted.join("; "))
    return `expected ${wanted.join("; ") || "closed"}, got ${found.join("; ")}${end}`;
  if (expect === "closed" && !closed) return "the connection was left open";
  if (rest > 0) return `${rest} bytes that are no reply`;
  return replies.map(formFault).find((fault) => fault !== null) ?? null;
}

/** A refusal is JSON of one shape, and holds nothing that could be taken for markup. */
function formFault({ status, headers, body }: Reply): string | null {
  if (headers.get("x-content-type-options") !== "nosniff") return "no nosniff";
  if (status === 200) return null;
  if (!headers.get("content-type")?.startsWith("application/json")) return "a refusal that is not JSON";
  const { error } = JSON.parse(body) as { error?: Record<string, unknown> };
  const keys = Object.keys(error ?? {}).join(" ");
  if (keys !== "code message expected found unblock") return `a refusal with ${keys}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (/[<>\u0000-\u0009\u000b-\u001f]/.test(body)) return "a refusal with markup or control characters";
  if (status === 503 && headers.get("retry-after") === undefined) return "503 without Retry-After";
  return null;
}
