// A folder that `espalier prune` or `apply` wrote, in the place of pruning anew: its network, plan and receipt are taken as
// they are, so what was calibrated or trained is deployed, too. Nothing is run again; `verify` does that.

import {
  type ArtefactFile,
  checkSteps,
  type Host,
  openSubject,
  readCostTable,
  readPlan,
  readReceipt,
  type TargetResult,
} from "@espalier/core";
import { EspalierError, type ExternalData, NODE_LIMITS, quoteName, readModel } from "@espalier/ir";
import type { Command } from "commander";
import { asInputError } from "./exit-codes.js";

const RECEIPT = "receipt.json";
const CARD_ROLE = "input card";
const ROLES: readonly string[] = ["model", "pruned", "plan", "plan-data", "cost-table"];

export interface ArtefactFlags {
  readonly from?: string;
}

export function addArtefactOption(command: Command): Command {
  return command.option(
    "--from <dir>",
    "deploy what `espalier prune` or `apply` wrote there for <model>, instead of pruning anew",
  );
}

/**
 * Options that say how to prune have no meaning beside `--from`.
 *
 * @param named those that have, by the names of their flags
 * @throws EspalierError `INVALID_OPTION`
 */
export function requireOnly(command: Command, named: readonly string[]): void {
  const allowed = ["from", "out", "force", "measure", ...named];
  const others = command.options.filter(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === "cli" &&
      !allowed.includes(option.attributeName()),
  );
  if (others.length === 0) return;
  throw new EspalierError("INVALID_OPTION", "What is deployed was pruned already", {
    where: "--from",
    expected: "no options about pruning",
    found: others.map(({ long }) => long).join(", "),
  });
}

export interface ArtefactFolder {
  read(path: string, mostBytes: number): Uint8Array;
}

export interface ArtefactSource {
  /** For which it has to be. */
  readonly target: string;
  /** Of the network that was pruned. */
  readonly bytes: Uint8Array;
  readonly external: ExternalData;
}

export interface ReadArtefact {
  /** Its receipt lists the files that are among `files`; a model of a Hugging Face folder lies beside them. */
  readonly result: TargetResult;
  /** The input card that goes along with it; null where there is none. */
  readonly card: Uint8Array | null;
}

/**
 * Reads an artefact and holds every file against its digest, and the plan against the network.
 *
 * @param folder  `openModelFolder` of @espalier/runtime-node: links in it lead nowhere; null where there is none
 * @throws EspalierError reading errors; `INVALID_RECEIPT`, `INVALID_PLAN`, `INVALID_COST_TABLE`; `MISMATCH` for other bytes than the
 * receipt's; `PLAN_MISMATCH` for another network or target, or where nothing was pruned
 */
export async function readArtefact(
  folder: ArtefactFolder | null,
  { target, bytes, external }: ArtefactSource,
  host: Pick<Host, "sha256">,
): Promise<ReadArtefact> {
  if (folder === null) throw new EspalierError("NOT_FOUND", "There is no such folder", { where: "--from" });
  const read = (path: string): Uint8Array => folder.read(path, NODE_LIMITS.fileBytes);
  const receipt = readReceipt(read(RECEIPT));
  const { artefact } = receipt;
  requireSame("source.sha256", receipt.source.sha256, await host.sha256(bytes));
  requireSame("target", receipt.target, target);
  const files: ArtefactFile[] = [];
  let card: Uint8Array | null = null;
  for (const { path, sha256, role } of receipt.files) {
    if (role !== CARD_ROLE && !ROLES.includes(role)) continue;
    const found = read(path);
    await requireDigest(path, sha256, found, host);
    if (role === CARD_ROLE) card = found;
    else files.push({ path: baseName(path), role: role as ArtefactFile["role"], bytes: found });
  }
  const of = (role: ArtefactFile["role"]): ArtefactFile | undefined =>
    files.find((file) => file.role === role);
  const [model, planFile] = [of("model"), of("plan")];
  if (artefact === null || model === undefined || planFile === undefined)
    throw new EspalierError("PLAN_MISMATCH", "The folder holds no pruned network", {
      where: RECEIPT,
      unblock: "Its report says why nothing could be pruned.",
    });
  const plan = readPlan(planFile.bytes);
  const subject = openSubject(bytes, { external, dims: plan.bindings });
  checkSteps(subject.analysis, plan.steps, "replay");
  const costTable = of("cost-table");
  const result: TargetResult = {
    files,
    plan,
    receipt: {
      ...receipt,
      artefact: { ...artefact, path: baseName(artefact.path) },
      files: receipt.files
        .filter(({ role }) => ROLES.includes(role))
        .map((file) => ({ ...file, path: baseName(file.path) })),
    },
    source: subject.model,
    pruned: readModel((of("pruned") ?? model).bytes),
    subject,
    costTable: costTable === undefined ? null : readCostTable(costTable.bytes),
  };
  return { result, card };
}

function requireSame(where: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new EspalierError("PLAN_MISMATCH", "The folder was made of another network, or for another target", {
    ...{ where: `${RECEIPT}, ${where}`, expected, found: quoteName(found) },
    unblock: "Name the network that was pruned, and the program of its target.",
  });
}

async function requireDigest(
  path: string,
  expected: string,
  bytes: Uint8Array,
  host: Pick<Host, "sha256">,
): Promise<void> {
  const found = await host.sha256(bytes);
  if (found === expected) return;
  throw asInputError(
    new EspalierError("MISMATCH", "A file is not the one that the receipt speaks of", {
      ...{ where: quoteName(path), expected, found },
      unblock: "Prune the model anew.",
    }),
  );
}

/** Where a target writes it: Hugging Face folders keep their model in `onnx/`. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
