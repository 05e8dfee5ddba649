// espalier inspect: what a model is made of, what hangs together, and what stays dense.

import { basename } from "node:path";
import { barrierRefusals, countMacs, countParameters, denseRefusals, openSubject } from "@espalier/core";
import { shapeText } from "@espalier/ir";
import type { Command } from "commander";
import { type FolderSummary, folderText, summarizeFolder } from "../layout/folder-summary.js";
import { addChoiceOptions, type ChoiceFlags, modelChoice } from "../options/folder.js";
import { dimension, userPath } from "../options/values.js";
import { printable, table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";

export function inspectCommand(program: Command, session: () => CommandSession): void {
  const command = program
    .command("inspect")
    .argument("<model>", "an ONNX file, or a Hugging Face folder")
    .description("operators, parameters, MACs, coupled groups, and what is not prunable and why");
  addChoiceOptions(command)
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--members", "list the tensors of every group")
    .addHelpText("after", "\nExample\n  espalier inspect model.onnx --members")
    .action(async (path: string, flags: InspectFlags) => {
      const run = session();
      const source = await readSource(await run.engine(), userPath(path), run.signal, modelChoice(flags));
      const subject = openSubject(source.bytes, {
        external: source.external,
        dims: flags.dim ?? {},
        signal: run.signal,
      });
      const { model, boundFacts, handlers, analysis, facts, unbound } = subject;
      const operators = new Map<string, number>();
      for (const node of model.graph.nodes) operators.set(node.opType, (operators.get(node.opType) ?? 0) + 1);
      const macs = countMacs(model, boundFacts, handlers).total;
      const prunable = analysis.groups.filter((group) =>
        group.members.some((member) => member.role === "produces"),
      );
      const refused = [...barrierRefusals(analysis, facts), ...denseRefusals(analysis)];
      const document = {
        model: path,
        folder: summarizeFolder(source, model),
        irVersion: model.irVersion,
        opsets: Object.fromEntries(model.opsets),
        inputs: model.graph.inputs.map((value) => ({
          name: value.name,
          shape: shapeText(boundFacts.shape(value)),
        })),
        outputs: model.graph.outputs.map((value) => ({
          name: value.name,
          shape: shapeText(boundFacts.shape(value)),
        })),
        operators: Object.fromEntries([...operators].sort((a, b) => b[1] - a[1])),
        parameters: countParameters(model, boundFacts),
        macs,
        unbound: unbound.map(({ option }) => option),
        groups: prunable.map(({ id, width, kind, exact, members }) => ({
          id,
          width,
          kind,
          exact,
          members: members.map(({ value, axis, role }) => ({ tensor: value.name, axis, role })),
        })),
        refused,
      };
      run.output.result(text(basename(path), document, flags.members === true), document);
    });
}

interface InspectFlags extends ChoiceFlags {
  readonly dim?: Readonly<Record<string, number>>;
  readonly members?: true;
}

interface Inspection {
  readonly folder: FolderSummary | null;
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly { name: string; shape: string }[];
  readonly outputs: readonly { name: string; shape: string }[];
  readonly operators: Readonly<Record<string, number>>;
  readonly parameters: number;
  readonly macs: number | null;
  readonly unbound: readonly string[];
  readonly groups: readonly {
    id: string;
    width: number;
    kind: string;
    exact: boolean;
    members: readonly { tensor: string; axis: number; role: string }[];
  }[];
  readonly refused: readonly { code: string; group: string | null; node: string | null; reason: string }[];
}

function text(name: string, model: Inspection, withMembers: boolean): string {
  const values = (list: Inspection["inputs"]): string =>
    list.map((value) => `${printable(value.name)} ${value.shape}`).join(", ");
  const lines = [
    name,
    ...(model.folder === null ? [] : [folderText(model.folder)]),
    `  inputs      ${values(model.inputs)}`,
    `  outputs     ${values(model.outputs)}`,
    `  operators   ${Object.entries(model.operators)
      .map(([type, count]) => `${printable(type)} ${count}`)
      .join(", ")}`,
    `  parameters  ${model.parameters.toLocaleString("en")}`,
    `  MACs        ${model.macs === null ? `unknown: bind ${model.unbound.map((option) => `--dim ${printable(option)}=N`).join(" ") || "a dimension that depends on the data"}` : model.macs.toLocaleString("en")}`,
    "",
    `${model.groups.length} coupled groups`,
  ];
  for (const group of model.groups) {
    lines.push(
      `  ${printable(group.id)}: ${group.width} ${group.kind} units, ${group.members.length} tensors${group.exact ? "" : ", inexact"}`,
    );
    if (withMembers)
      for (const { tensor, axis, role } of group.members)
        lines.push(`      ${role.padEnd(8)} ${printable(tensor)} axis ${axis}`);
  }
  if (model.refused.length > 0) {
    lines.push("", `${model.refused.length} weights or nodes stay dense`);
    const rows = model.refused.map((one) => [`  ${one.code}`, one.group ?? one.node ?? ""]);
    lines.push(table([...new Map(rows.map((row) => [row.join(), row])).values()]));
    lines.push("", "espalier explain CODE tells what a code means and what would unblock it.");
  }
  return lines.join("\n");
}
