// `npm run check`: every check beside the tests. All run, whatever fails.

import { checks, runCheck } from "./checks.mjs";

const failed = checks.filter((check) => !runCheck(check));
console.log(
  failed.length === 0
    ? `\nall ${checks.length} checks passed`
    : `\n${failed.length} of ${checks.length} checks failed: ${failed.map((check) => check.name).join("; ")}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
