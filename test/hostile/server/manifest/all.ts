// Every hostile client. A new one is a line in one of these lists.

import type { ServerCase } from "../server-case.js";
import { INPUT_CASES } from "./input-cases.js";
import { PACE_CASES } from "./pace-cases.js";
import { SYNTAX_CASES } from "./syntax-cases.js";
import { TARGET_CASES } from "./target-cases.js";

export const SERVER_CASES: readonly ServerCase[] = [
  ...SYNTAX_CASES,
  ...TARGET_CASES,
  ...INPUT_CASES,
  ...PACE_CASES,
];

/** Options of `serve` that the manifest expects; limits short enough for a test. */
export const SERVER_OPTIONS: readonly string[] = [
  ...["--headers-ms", "2500", "--request-ms", "4000", "--silence-ms", "2500", "--idle-ms", "3000"],
  ...["--max-body", "400000", "--deadline-ms", "20000", "--connections", "128"],
];
