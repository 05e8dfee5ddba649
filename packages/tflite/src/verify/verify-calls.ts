// Operators that run other subgraphs (IF, WHILE, CALL_ONCE, CALL). A subgraph that runs itself, at whatever distance,
// would never end.

import { refusal } from "../location.js";
import type { Operator, TfliteModel } from "../model.js";
import { TABLES } from "../schema/tables.js";
import { verifyIndex } from "./verify-index.js";

/** @throws EspalierError `INDEX_RANGE`, `CYCLE` */
export function verifyCalls({ subgraphs }: TfliteModel): void {
  const calls = subgraphs.map(({ operators }, i) => {
    const called = new Set<number>();
    for (const [j, operator] of operators.entries())
      for (const [field, index] of callsOf(operator)) {
        const where = `subgraphs[${i}].operators[${j}].builtinOptions.${field}`;
        verifyIndex(index, subgraphs.length, "subgraph", where);
        called.add(index);
      }
    return called;
  });
  // Subgraphs that nothing unfinished calls are finished, one after the other (Kahn 1962).
  const callers = new Array<number>(calls.length).fill(0);
  for (const called of calls) for (const index of called) callers[index] = (callers[index] as number) + 1;
  const ready = [...callers.keys()].filter((index) => callers[index] === 0);
  for (let next = ready.pop(); next !== undefined; next = ready.pop())
    for (const index of calls[next] as Set<number>) {
      callers[index] = (callers[index] as number) - 1;
      if (callers[index] === 0) ready.push(index);
    }
  const stuck = callers.findIndex((count) => count > 0);
  if (stuck !== -1)
    throw refusal("CYCLE", "A subgraph runs itself", `subgraphs[${stuck}]`, "no cycle of calls", "a cycle");
}

function callsOf({ builtinOptions }: Operator): [field: string, index: number][] {
  if (builtinOptions === null) return [];
  return TABLES[builtinOptions.type]
    .filter(([, , kind]) => kind === "subgraph" || kind === "subgraph:uint")
    .map(([, name]) => [name, (builtinOptions as unknown as Record<string, number>)[name] as number]);
}
