// espalier bench: latency of one or several models, side by side.

import { basename } from "node:path";
import { inOnePiece, isUnavailable, type LatencyStatistics, openSubject, randomInputs } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";
import { dimension, userPath, wholeNumber } from "../options/values.js";
import { printable, table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";

export function benchCommand(program: Command, session: () => CommandSession): void {
  program
    .command("bench")
    .argument("<models...>", "ONNX files with the same inputs")
    .description("latency in alternating blocks, one process per model")
    .addOption(new Option("--target <name>", "where to measure").choices(["cpu"]).default("cpu"))
    .option("--threads <n>", "intra-op threads", wholeNumber(1), 1)
    .option("--runs <n>", "timed runs per model", wholeNumber(5))
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--seed <n>", "seed of the inputs", wholeNumber(0), 1)
    .addHelpText("after", "\nExample\n  espalier bench model.onnx pruned/model.onnx")
    .action(
      async (
        paths: string[],
        flags: { threads: number; runs?: number; dim?: Readonly<Record<string, number>>; seed: number },
      ) => {
        const run = session();
        const engine = await run.engine();
        const sources = await Promise.all(
          paths.map((path) => readSource(engine, userPath(path), run.signal)),
        );
        const [first] = sources;
        if (first === undefined) return;
        const { model, boundFacts, handlers } = openSubject(first.bytes, {
          external: first.external,
          dims: flags.dim ?? {},
        });
        const [feeds = {}] = randomInputs(model, boundFacts, handlers, { seed: flags.seed, count: 1 });
        const labels = sources.map((source, i) => `${i + 1} ${basename(source.path)}`);
        const measured = await engine.runtime.measureLatency({
          models: Object.fromEntries(
            sources.map((source, i) => [labels[i] ?? "", { bytes: inOnePiece(source.bytes, source) }]),
          ),
          feeds,
          threads: flags.threads,
          batch: Object.values(feeds)[0]?.dims[0] ?? null,
          ...(flags.runs === undefined ? {} : { runs: flags.runs }),
          signal: run.signal,
          onProgress: run.progress.listener,
        });
        run.progress.stop();
        if (isUnavailable(measured))
          throw new EspalierError("UNAVAILABLE", "Latency cannot be measured here", {
            found: measured.unavailable,
            unblock: measured.unblock,
          });
        const results = labels.map((label) => ({ model: label, ...(measured[label] as LatencyStatistics) }));
        run.output.result(sentences(results), { results });
      },
    );
}

function sentences(results: readonly (LatencyStatistics & { readonly model: string })[]): string {
  const ms = (value: number): string => `${value.toFixed(3)} ms`;
  const rows = results.map((one) => [
    printable(one.model),
    ms(one.medianMs),
    `p10 ${ms(one.p10Ms)}`,
    `p90 ${ms(one.p90Ms)}`,
    `${one.runs} runs`,
    one.unstable ? "UNSTABLE" : "",
  ]);
  const lines = [table(rows)];
  const [fastest, ...others] = [...results].sort((a, b) => a.medianMs - b.medianMs);
  if (results.some((one) => one.unstable))
    lines.push(
      "",
      "Unstable: the machine is too busy for a verdict. Close other programs and measure again.",
    );
  else if (fastest !== undefined && others.length > 0) {
    lines.push("", `${printable(fastest.model)} ran`);
    for (const other of others) {
      const times = other.medianMs / fastest.medianMs;
      // Quantiles as an interval: pessimistic against pessimistic.
      const spread = Math.max(other.p90Ms / fastest.p10Ms - times, times - other.p10Ms / fastest.p90Ms);
      lines.push(`  ${times.toFixed(2)} ± ${spread.toFixed(2)} times faster than ${printable(other.model)}`);
    }
  }
  return lines.join("\n");
}
