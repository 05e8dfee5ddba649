// deploy MODEL --out DIR: from a network to a folder of static files.

import { basename } from "node:path";
import { applyStructural, sliceSteps, type TargetResult } from "@espalier/core";
import type { Invocation } from "@espalier/deploy";
import {
  addPruningOptions,
  askedBudget,
  EXIT,
  type PruningFlags,
  phases,
  plannedText,
  pruningOptions,
  requireOnly,
  userPath,
} from "@espalier/deploy";
import {
  addPageOptions,
  demoFiles,
  findCard,
  PAGE_OPTIONS,
  type PageFlags,
  readPageInputs,
  type Source,
} from "@espalier/page/node";
import { nodeHost, writeFolderAtomically } from "@espalier/runtime-node";
import { web } from "@espalier/web";
import type { Command } from "commander";
import { openEngine } from "../folder/engine.js";
import { buildSite, engineSizes } from "../site/site.js";

const DENSE_FILE = "dense.onnx";

type DeployFlags = PruningFlags & PageFlags;

export function deployCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command("deploy", { isDefault: true })
    .description("prune a network, prove and measure it in a browser, and write a static page (the default)");
  addPruningOptions(addPageOptions(command, "the native engine"))
    .addHelpText(
      "after",
      "\nExample\n  npm run -s deploy-web -- apps/cli/models/digits.onnx --out page --ratio 0.5",
    )
    .action((model: string, flags: DeployFlags) => {
      if (flags.from !== undefined) requireOnly(command, PAGE_OPTIONS);
      return deploy(userPath(model), flags, invocation);
    });
}

async function deploy(path: string, flags: DeployFlags, invocation: Invocation): Promise<void> {
  const { signal, note } = invocation;
  const asked = askedBudget(flags);
  const { pruned, ...inputs } = await readPageInputs(path, flags, "web", signal);
  const { folder, target, source, written, samples } = inputs;
  const text = pruned === null ? asked.text : plannedText(pruned.plan);
  const how =
    pruned === null ? `${asked.origin}; target web, seed ${flags.seed}` : "; pruned already, target web";
  note(`${basename(path)}: ${text}${how}`);
  const result = pruned ?? (await prune(source, asked.budget, flags, invocation));
  const { artefactFiles, renderTerminal } = await import("@espalier/report"); // draws, so it loads much
  if (result.pruned === null) {
    process.stdout.write(`${renderTerminal(result.receipt, { color: false })}\n`);
    note("Nothing could be pruned, so no page was written.");
    process.exitCode = EXIT.nothing;
    return;
  }
  const { card, note: cardNote } = findCard(source, written, result.subject);
  if (cardNote !== null) note(`  ${cardNote}`);
  note("  building the pages");
  const extra = await demoFiles({
    ...{ result, title: source.title, request: text, card, samples },
    dense: { path: DENSE_FILE, bytes: baselineOf(result) },
    engines: await engineSizes(),
    site: await buildSite(),
  });
  const { files, receipt } = await artefactFiles(result, nodeHost(), { reports: ["html"], extra });
  await writeFolderAtomically(
    folder,
    files.map(({ path: name, bytes }) => ({ path: name, chunks: [bytes] })),
    { ...target, signal },
  );
  const lines = [
    renderTerminal(receipt, { color: false }),
    `pages:  ${folder}`,
    `serve:  npm run -s deploy-web -- serve ${flags.out}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function prune(
  source: Source,
  budget: ReturnType<typeof askedBudget>["budget"],
  flags: DeployFlags,
  { signal, note, commandLine }: Invocation,
): Promise<TargetResult> {
  const engine = await openEngine(flags.browser);
  try {
    return await web.prune(source.bytes, {
      ...pruningOptions(flags),
      budget,
      runtime: engine.runtime,
      host: nodeHost(),
      external: source.external,
      sourcePath: source.name,
      measure: flags.measure && engine.measures,
      command: commandLine,
      signal,
      onProgress: phases(note),
    });
  } finally {
    await engine.close();
  }
}

/** The network with the same clean-ups and nothing removed. */
function baselineOf({ subject, plan, receipt }: TargetResult): Uint8Array {
  return applyStructural(subject, sliceSteps(plan.steps), plan, receipt.plan?.sha256 ?? "").baselineBytes;
}
