// `npm run check`: every check beside the tests. All run, whatever fails.

import { checks, runChecks } from "./checks.mjs";

const failed = await runChecks();
console.log(
  failed.length === 0
    ? `\nall ${checks.length} checks passed`
    : `\n${failed.length} of ${checks.length} checks failed: ${failed.join("; ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
