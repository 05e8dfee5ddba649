// MODEL --out DIR: from a model to a folder that can be served.

import { basename, join } from "node:path";
import { applyStructural, sliceSteps } from "@espalier/core";
import { type CpuResult, cpu } from "@espalier/cpu";
import type { Invocation } from "@espalier/deploy";
import {
  addPruningOptions,
  askedBudget,
  EXIT,
  type PruningFlags,
  phases,
  pruningOptions,
  userPath,
} from "@espalier/deploy";
import type { NamedFile } from "@espalier/report";
import { checkFolderTarget, nodeHost, nodeRuntime, writeFolderAtomically } from "@espalier/runtime-node";
import type { Command } from "commander";
import { cardBeside } from "../folder/card.js";
import { DENSE_FILE, DENSE_ROLE, FOLDER_FILES } from "../folder/names.js";
import { readSource } from "../folder/source.js";

interface DeployFlags extends PruningFlags {
  readonly out: string;
  readonly force?: true;
  readonly measure: boolean;
}

export function deployCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command("deploy", { isDefault: true })
    .argument("<model>", "an ONNX file")
    .description(
      "prune a model, prove and measure it, and write a folder that can be served (the default command)",
    )
    .requiredOption("--out <dir>", "folder to write, whole or not at all")
    .option("--force", "replace a folder that Espalier did not write")
    .option("--no-measure", "leave latency and memory out");
  addPruningOptions(command)
    .addHelpText("after", "\nExample\n  npm run -s deploy-cpu -- model.onnx --out deployed --ratio 0.5")
    .action((model: string, flags: DeployFlags) => deploy(userPath(model), flags, invocation));
}

async function deploy(
  path: string,
  flags: DeployFlags,
  { signal, commandLine, note }: Invocation,
): Promise<void> {
  const folder = userPath(flags.out);
  const { budget, text, origin } = askedBudget(flags);
  note(`${basename(path)}: ${text}${origin}; target cpu, seed ${flags.seed}`);
  checkFolderTarget(folder, FOLDER_FILES, { force: flags.force ?? false, inputs: [path] });
  const source = await readSource(path, signal);
  const card = await cardBeside(path);
  const host = nodeHost();
  const result = await cpu.prune(source.bytes, {
    ...pruningOptions(flags),
    budget,
    runtime: nodeRuntime(),
    host,
    external: source.external,
    // The plan is part of the model's bytes: it must not depend on where the file lies.
    sourcePath: basename(path),
    measure: flags.measure,
    command: commandLine,
    signal,
    onProgress: phases(note),
  });
  const extra: NamedFile[] = [];
  if (result.pruned !== null) extra.push(denseFile(result, await host.sha256(planBytes(result))));
  if (card !== null) extra.push({ path: "model.io.json", role: "input card", bytes: card });
  const { artefactFiles, renderTerminal } = await import("@espalier/report"); // draws, so it loads much
  const { files, receipt } = await artefactFiles(result, host, { reports: ["html"], extra });
  await writeFolderAtomically(
    folder,
    files.map(({ path: name, bytes }) => ({ path: name, chunks: [bytes] })),
    { force: flags.force ?? false, inputs: [path], signal },
  );
  const lines = [renderTerminal(receipt, { color: false }), `report: ${join(folder, "report.html")}`];
  if (receipt.artefact !== null)
    lines.push(
      `serve:   npm run -s deploy-cpu -- serve ${flags.out} --port 8080`,
      `compare: npm run -s deploy-cpu -- compare ${flags.out}`,
    );
  process.stdout.write(`${lines.join("\n")}\n`);
  if (receipt.artefact === null) process.exitCode = EXIT.nothing;
}

/** The same model with the same clean-ups and nothing removed: what the pruned one is compared with. */
function denseFile({ subject, plan }: CpuResult, planSha256: string): NamedFile {
  const { baselineBytes } = applyStructural(subject, sliceSteps(plan.steps), plan, planSha256);
  return { path: DENSE_FILE, role: DENSE_ROLE, bytes: baselineBytes };
}

function planBytes({ files }: CpuResult): Uint8Array {
  const plan = files.find(({ role }) => role === "plan");
  if (plan === undefined) throw new Error("the target gave no plan");
  return plan.bytes;
}
