// times DIR: what TensorRT built and how long it took, against what was expected of each layer.

import { join } from "node:path";
import { type Invocation, userPath } from "@espalier/deploy";
import { layerParts, readTrtexecLog } from "@espalier/tensorrt";
import type { Command } from "commander";
import { TABLE_FILE, TIMES_FOLDER } from "../folder-files.js";
import { readText, readTimes } from "../read-times.js";

export function timesCommand(program: Command, { note }: Invocation): void {
  program
    .command("times")
    .argument("<dir>", "a folder whose script was run on a GPU")
    .description("read the logs and profiles that the script wrote there")
    .option("--json", "as JSON")
    .action(async (dir: string, { json }: { readonly json?: true }) => {
      const folder = userPath(dir);
      const log = readTrtexecLog(await readText(join(folder, TIMES_FOLDER, "sparse.build.log")));
      const times = await readTimes(folder);
      const expected = expectedNodes(await readText(join(folder, TABLE_FILE)));
      const total = (side: "dense" | "sparse"): number =>
        times[side].layers.reduce((sum, { medianMs }) => sum + medianMs, 0);
      const picked = (log.picked?.names ?? []).flatMap(layerParts);
      const report = {
        eligible: log.eligible,
        picked: log.picked,
        expectedAndPicked: expected.filter((node) => picked.includes(node)),
        expectedAndNot: expected.filter((node) => !picked.includes(node)),
        denseMs: total("dense"),
        sparseMs: total("sparse"),
      };
      if (json === true) {
        process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        return;
      }
      note("sums of the layers' medians; claims need the whole network's times in the logs of the runs");
      process.stdout.write(
        [
          `eligible for sparse kernels: ${log.eligible?.count ?? "not said"}`,
          `picked:                      ${log.picked?.count ?? "not said"}`,
          `expected and picked:         ${report.expectedAndPicked.length} of ${expected.length} nodes`,
          `layers together: dense ${report.denseMs.toFixed(4)} ms, sparse ${report.sparseMs.toFixed(4)} ms`,
          "",
        ].join("\n"),
      );
    });
}

/** Names of nodes that the eligibility table expects a sparse kernel for. */
function expectedNodes(text: string): string[] {
  const table = JSON.parse(text) as { readonly rows: readonly { expected: boolean; nodes: string[] }[] };
  return table.rows.flatMap((row) => (row.expected ? row.nodes : []));
}
