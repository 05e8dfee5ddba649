// espalier verify: runs the claims of a receipt again.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readReceipt, verifyReceipt } from "@espalier/core";
import type { Command } from "commander";
import { EXIT, Finished } from "../exit-codes.js";
import { userPath } from "../options/values.js";
import { table } from "../output/table.js";
import type { CommandSession } from "../session.js";

export function verifyCommand(program: Command, session: () => CommandSession): void {
  program
    .command("verify")
    .argument("<dir>", "a folder that prune or apply wrote")
    .description("run the receipt's claims again: digests, the plan on the source, counts, parity")
    .option("--source <model>", "the model that was pruned; else it is looked for beside the folder")
    .addHelpText(
      "after",
      "\nTimings are measurements, not claims: `espalier bench` measures again.\n\nExample\n  espalier verify pruned/ --source model.onnx",
    )
    .action(async (folder: string, flags: { source?: string }) => {
      const run = session();
      const engine = await run.engine();
      const at = userPath(folder);
      const read = async (path: string | undefined): Promise<Uint8Array | null> =>
        path !== undefined && existsSync(path) ? engine.readModelFile(path, undefined, run.signal) : null;
      const receipt = readReceipt(
        await engine.readModelFile(join(at, "receipt.json"), undefined, run.signal),
      );
      const source = flags.source === undefined ? beside(at, receipt.source.path) : userPath(flags.source);
      const sourceBytes =
        flags.source === undefined
          ? await read(source)
          : await engine.readModelFile(source ?? "", undefined, run.signal);
      const claims = await verifyReceipt({
        receipt,
        planBytes: await read(receipt.plan === null ? undefined : join(at, receipt.plan.path)),
        artefactBytes: await read(receipt.artefact === null ? undefined : join(at, receipt.artefact.path)),
        sourceBytes,
        ...(source === undefined ? {} : { external: engine.externalDataIn(dirname(source)) }),
        runtime: engine.runtime,
        host: engine.host,
        signal: run.signal,
        onProgress: run.progress.listener,
      });
      run.progress.stop();
      const failed = claims.filter((claim) => claim.status === "fails");
      const open = claims.filter((claim) => claim.status === "unchecked");
      const verdict = failed.length > 0 ? "false" : open.length > 0 ? "incomplete" : "holds";
      const rows = claims.map(({ name, status, expected, found }) => [
        name,
        status,
        status === "holds"
          ? found.slice(0, 60)
          : `expected ${expected.slice(0, 60)}, found ${found.slice(0, 60)}`,
      ]);
      run.output.result(
        `${table(rows)}\nThe receipt ${verdict === "holds" ? "holds" : verdict === "false" ? "is FALSE" : "could not be checked in full"}.`,
        { verdict, claims },
      );
      if (failed.length > 0) throw new Finished(EXIT.failed);
      if (open.length > 0) throw new Finished(EXIT.unchecked);
    });
}

function beside(folder: string, name: string): string | undefined {
  return [join(folder, name), join(dirname(folder), name)].find((path) => name !== "" && existsSync(path));
}
