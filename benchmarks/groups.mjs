// How long finding the coupled groups of ResNet-50 and slicing it takes: first call in a fresh process,
// median of 5 processes. `node benchmarks/groups.mjs` (after the build).

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { defaultHandlers, findCoupledGroups, removalOf, sliceModel } from "../packages/core/dist/index.js";
import { inferFacts } from "../packages/ir/dist/index.js";
import { resnet50 } from "../packages/zoo/dist/index.js";

if (process.argv[2] === "once") {
  const model = resnet50();
  const handlers = defaultHandlers();
  const start = performance.now();
  const facts = inferFacts(model);
  const inferred = performance.now();
  const analysis = findCoupledGroups(model, facts, handlers);
  const found = performance.now();
  const steps = analysis.groups.map((group) => ({
    kind: "slice",
    group: group.id,
    width: group.width,
    keep: Array.from({ length: group.width }, (_, unit) => unit).filter((unit) => unit % 10 < 7),
    reason: "benchmark",
  }));
  const removal = removalOf(analysis, steps);
  const begin = performance.now();
  sliceModel(model, facts, analysis, removal, handlers);
  const end = performance.now();
  console.log(
    JSON.stringify({
      inferMs: inferred - start,
      groupsMs: found - start,
      sliceMs: end - begin,
      groups: analysis.groups.length,
    }),
  );
} else {
  const runs = Array.from({ length: 5 }, () => {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "once"], { encoding: "utf8" });
    if (child.status !== 0) throw new Error(child.stderr);
    return JSON.parse(child.stdout);
  });
  const median = (key) => runs.map((run) => run[key]).sort((a, b) => a - b)[2];
  console.log(
    `groups found  ${median("groupsMs").toFixed(0)} ms (of which shapes ${median("inferMs").toFixed(0)} ms), ${runs[0].groups} groups`,
  );
  console.log(`model sliced  ${median("sliceMs").toFixed(0)} ms`);
}
