// Whether a check runs where the receipt was made: there sums must come out the same to the last bit.

import type { Host, Runtime } from "../runtime.js";
import type { Receipt } from "./receipt.js";

/** What decides the last bits of a sum. */
const DECISIVE = ["cpu", "platform", "node"] as const;

export function sameMachine(
  { machine, versions }: Receipt,
  { host, runtime }: { readonly host: Pick<Host, "machine">; readonly runtime: Runtime },
): boolean {
  const here = host.machine();
  return versions.runtime === runtime.name && DECISIVE.every((key) => here[key] === machine[key]);
}
