// `npm run -s deploy-tflite -- …`: the deployment program from this checkout, set up first where it is not built yet.
// Runs inside this process, so signals and exit codes are the command's own.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../apps/deploy-tflite/dist/main.js", import.meta.url);

if (!existsSync(main)) {
  const bootstrap = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));
  const { status } = spawnSync(process.execPath, [bootstrap], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(1);
}
process.argv[1] = fileURLToPath(main);
import(main.href);
