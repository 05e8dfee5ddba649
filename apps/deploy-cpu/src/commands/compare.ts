// compare DIR: the dense baseline and the pruned model behind the server, under load, in turn.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { REPORT_ROLE, type Receipt, receiptText, VERSION } from "@espalier/core";
import type { Invocation } from "@espalier/deploy";
import { asInputError, userPath, wholeNumber } from "@espalier/deploy";
import { EspalierError, quoteName } from "@espalier/ir";
import type { LoadComparison } from "@espalier/report";
import { nodeHost, ONNXRUNTIME_VERSION, readModelFile, writeFileAtomically } from "@espalier/runtime-node";
import type { Command } from "commander";
import { openDeployedFolder } from "../folder/deployed-folder.js";
import { LOAD_FILE } from "../folder/names.js";
import { compareLoad } from "../load/compare-load.js";
import { loadBody } from "../load/load-body.js";

const REPORT_FILE = "report.html";
const MOST_SECONDS = 3600;

interface CompareFlags {
  readonly clients: number;
  readonly workers: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly json?: true;
}

export function compareCommand(program: Command, invocation: Invocation): void {
  program
    .command("compare")
    .argument("<dir>", "a deployed folder")
    .description("load both models in turn; write the numbers and a picture into the folder")
    .option("--clients <n>", "requests open at any time", wholeNumber(1, 64), 4)
    .option("--workers <n>", "processes of the model", wholeNumber(1, 1024), availableParallelism())
    .option("--seconds <n>", "length of one block", wholeNumber(1, 600), 3)
    .option("--rounds <n>", "blocks on each model", wholeNumber(1, 100), 5)
    .option("--json", "the result as JSON on stdout")
    .addHelpText("after", "\nExample\n  npm run -s deploy-cpu -- compare deployed")
    .action((dir: string, flags: CompareFlags) => compare(userPath(dir), flags, invocation));
}

async function compare(folder: string, flags: CompareFlags, invocation: Invocation): Promise<void> {
  const { clients, workers, seconds, rounds, json } = flags;
  if (2 * seconds * rounds > MOST_SECONDS)
    throw new EspalierError("INVALID_OPTION", "The comparison would take too long", {
      expected: `2 · seconds · rounds ≤ ${MOST_SECONDS}`,
      found: String(2 * seconds * rounds),
    });
  const deployed = await openDeployedFolder(folder, "dense");
  const { sha256, ...body } = await loadBody(deployed);
  const host = nodeHost();
  const { signal, note, commandLine } = invocation;
  const found = await compareLoad({ folder, body, clients, workers, seconds, rounds, signal, note });
  const comparison: LoadComparison = {
    schema: 1,
    createdAt: host.timestamp(),
    command: commandLine,
    machine: host.machine(),
    versions: { espalier: VERSION, runtime: `onnxruntime-node ${ONNXRUNTIME_VERSION}` },
    requestSha256: sha256,
    ...found,
  };
  await keep(deployed.folder, deployed.receipt, comparison, signal);
  process.stdout.write(
    json ? `${JSON.stringify(comparison, null, 2)}\n` : `${sentences(comparison, folder)}\n`,
  );
}

/** Writes the numbers, the picture into the report, and both into the receipt, outside its seal: it shows the seal. */
async function keep(
  folder: string,
  receipt: Receipt,
  comparison: LoadComparison,
  signal: AbortSignal,
): Promise<void> {
  const host = nodeHost();
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files: { path: string; bytes: Uint8Array }[] = [
    { path: LOAD_FILE, bytes: encode(`${JSON.stringify(comparison, null, 2)}\n`) },
  ];
  if (receipt.files.some(({ path }) => path === REPORT_FILE)) {
    const page = new TextDecoder().decode(await readModelFile(join(folder, REPORT_FILE)));
    const { withLoadSection } = await import("@espalier/report"); // draws, so it loads much
    const extended = withLoadSection(page, comparison);
    if (extended === null)
      throw asInputError(
        new EspalierError("MISMATCH", "The report is not one of Espalier", {
          where: quoteName(join(folder, REPORT_FILE)),
        }),
      );
    files.push({ path: REPORT_FILE, bytes: encode(extended) });
  }
  const names = files.map(({ path }) => path);
  const rows = receipt.files.filter(({ path }) => !names.includes(path));
  for (const { path, bytes } of files)
    rows.push({ path, sha256: await host.sha256(bytes), bytes: bytes.byteLength, role: REPORT_ROLE });
  files.push({ path: "receipt.json", bytes: encode(receiptText({ ...receipt, files: rows })) });
  for (const { path, bytes } of files)
    await writeFileAtomically(join(folder, path), [bytes], { force: true, signal });
}

function sentences({ dense, pruned, clients, workers, unstable }: LoadComparison, folder: string): string {
  const row = (label: string, cells: readonly string[]): string =>
    [label.padEnd(14), ...cells.map((cell) => cell.padStart(11))].join("");
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const side = (label: string, one: LoadComparison["dense"]): string =>
    row(label, [
      one.perSecond.toFixed(0),
      ms(one.p50Ms),
      ms(one.p90Ms),
      ms(one.p99Ms),
      String(one.requests),
      String(one.failed),
    ]);
  const factor = (a: number, b: number): string => `${(a / b).toFixed(2)}×`;
  return [
    row("", ["requests/s", "p50", "p90", "p99", "requests", "failed"]),
    side("dense", dense),
    side("pruned", pruned),
    "",
    unstable
      ? "The blocks differ by more than a quarter: no verdict. Close other programs and compare again."
      : `${factor(pruned.perSecond, dense.perSecond)} the requests per second; p50 ${factor(dense.p50Ms, pruned.p50Ms)} and p99 ${factor(dense.p99Ms, pruned.p99Ms)} lower.`,
    `${clients} requests open at any time, ${workers} processes of the model; both models in alternating blocks.`,
    `written: ${join(folder, LOAD_FILE)}, and "Under load" in ${join(folder, REPORT_FILE)}`,
  ].join("\n");
}
