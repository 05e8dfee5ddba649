// espalier diff: what changed between two models, in shapes, counts and outputs.

import {
  compareOutput,
  countMacs,
  countParameters,
  inOnePiece,
  openSubject,
  randomInputs,
  type Subject,
} from "@espalier/core";
import { isEspalierError, shapeText } from "@espalier/ir";
import type { Command } from "commander";
import { dimension, userPath, wholeNumber } from "../options/values.js";
import { printable, table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource, type Source } from "../source.js";

export function diffCommand(program: Command, session: () => CommandSession): void {
  program
    .command("diff")
    .argument("<a>", "an ONNX file")
    .argument("<b>", "another")
    .description("widths, parameters, MACs and outputs of two models")
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--seed <n>", "seed of the inputs", wholeNumber(0), 1)
    .addHelpText("after", "\nExample\n  espalier diff model.onnx pruned/model.onnx")
    .action(
      async (
        pathA: string,
        pathB: string,
        flags: { dim?: Readonly<Record<string, number>>; seed: number },
      ) => {
        const run = session();
        const engine = await run.engine();
        const sources = [
          await readSource(engine, userPath(pathA), run.signal),
          await readSource(engine, userPath(pathB), run.signal),
        ] as const;
        const [a, b] = sources.map((source) =>
          openSubject(source.bytes, { external: source.external, dims: flags.dim ?? {} }),
        ) as [Subject, Subject];
        const shapes = changedShapes(a, b);
        const count = (subject: Subject) => ({
          params: countParameters(subject.model, subject.boundFacts),
          macs: countMacs(subject.model, subject.boundFacts, subject.handlers).total,
        });
        const document = {
          a: { path: pathA, ...count(a) },
          b: { path: pathB, ...count(b) },
          shapes,
          outputs: await outputAgreement(run, sources, a, flags.seed),
        };
        const rows = shapes.map((row) => [printable(row.tensor), row.a, "→", row.b]);
        const numbers = [
          ["parameters", String(document.a.params), "→", String(document.b.params)],
          ["MACs", String(document.a.macs ?? "unknown"), "→", String(document.b.macs ?? "unknown")],
        ];
        const outputs = document.outputs.map((one) =>
          "reason" in one
            ? [`outputs not compared: ${one.reason}`]
            : [`output ${printable(one.name)}`, `maxRel ${one.maxRel.toExponential(1)}`],
        );
        run.output.result(
          [table(rows), table(numbers), table(outputs)].filter((part) => part !== "").join("\n\n"),
          document,
        );
      },
    );
}

function changedShapes(a: Subject, b: Subject): { tensor: string; a: string; b: string }[] {
  const other = new Map([...b.model.graph.initializers].map((value) => [value.name, value]));
  const rows: { tensor: string; a: string; b: string }[] = [];
  for (const value of a.model.graph.initializers) {
    const twin = other.get(value.name);
    const [from, to] = [
      shapeText(a.facts.shape(value)),
      twin === undefined ? "gone" : shapeText(b.facts.shape(twin)),
    ];
    if (from !== to) rows.push({ tensor: value.name, a: from, b: to });
    other.delete(value.name);
  }
  for (const [name, value] of other)
    rows.push({ tensor: name, a: "new", b: shapeText(b.facts.shape(value)) });
  return rows;
}

type Agreement =
  | { readonly name: string; readonly maxRel: number; readonly maxAbs: number }
  | { readonly reason: string };

/** Agreement on one random input; that two different networks differ is an answer, not an error. */
async function outputAgreement(
  run: CommandSession,
  sources: readonly [Source, Source],
  a: Subject,
  seed: number,
): Promise<Agreement[]> {
  const { runtime } = await run.engine();
  try {
    const [feeds = {}] = randomInputs(a.model, a.boundFacts, a.handlers, { seed, count: 1 });
    const results: Awaited<ReturnType<Awaited<ReturnType<typeof runtime.loadUntrusted>>["run"]>>[] = [];
    for (const source of sources) {
      const session = await runtime.loadUntrusted(inOnePiece(source.bytes, source), {
        threads: 1,
        signal: run.signal,
      });
      try {
        results.push(await session.run(feeds));
      } finally {
        await session.dispose();
      }
    }
    const [left = {}, right = {}] = results;
    return Object.entries(left).map(([name, tensor]) => {
      const twin = right[name];
      if (twin === undefined) return { reason: `output ${name} is not in both` };
      const { maxRel, maxAbs } = compareOutput(name, tensor, twin);
      return { name, maxRel, maxAbs };
    });
  } catch (error) {
    if (isEspalierError(error) && error.code !== "ABORTED") return [{ reason: error.message }];
    throw error;
  }
}
