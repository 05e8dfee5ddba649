// espalier bench: latency of one or several models, side by side.

import { basename } from "node:path";
import { isUnavailable, type LatencyStatistics, type ModelBytes, type Unavailable } from "@espalier/core";
import { EspalierError } from "@espalier/ir";
import { type Command, Option } from "commander";
import { dimension, userPath, wholeNumber } from "../options/values.js";
import { printable, table } from "../output/table.js";
import type { CommandSession } from "../session.js";
import { readSource } from "../source.js";
import { openDeployment } from "../target.js";
import { type BenchedAs, benchedFeeds, benchedModel } from "./bench-models.js";

export function benchCommand(program: Command, session: () => CommandSession): void {
  program
    .command("bench")
    .argument("<models...>", "ONNX files with the same inputs; for tflite also files that were exported")
    .description("latency in alternating blocks, one process per model")
    .addOption(new Option("--target <name>", "where to measure").choices(["cpu", "tflite"]).default("cpu"))
    .option("--threads <n>", "intra-op threads", wholeNumber(1), 1)
    .option("--runs <n>", "timed runs per model", wholeNumber(5))
    .option("--dim <name=value>", "bind a symbolic dimension (repeatable)", dimension)
    .option("--seed <n>", "seed of the inputs", wholeNumber(0), 1)
    .addHelpText("after", "\nExample\n  espalier bench model.onnx pruned/model.onnx")
    .action(async (paths: string[], flags: BenchFlags) => {
      const run = session();
      const engine = await run.engine();
      const sources = await Promise.all(paths.map((path) => readSource(engine, userPath(path), run.signal)));
      const [first] = sources;
      if (first === undefined) return;
      const feeds = await benchedFeeds(first, flags);
      const runtime = (await openDeployment(flags.target)) ?? engine.runtime;
      if (isUnavailable(runtime)) throw notHere(runtime);
      const labels = sources.map((source, i) => `${i + 1} ${basename(source.path)}`);
      const models: Record<string, ModelBytes> = {};
      for (const [i, source] of sources.entries())
        models[labels[i] ?? ""] = { bytes: await benchedModel(source, flags) };
      const measured = await runtime.measureLatency({
        models,
        feeds,
        threads: flags.threads,
        batch: Object.values(feeds)[0]?.dims[0] ?? null,
        ...(flags.runs === undefined ? {} : { runs: flags.runs }),
        signal: run.signal,
        onProgress: run.progress.listener,
      });
      run.progress.stop();
      if (isUnavailable(measured)) throw notHere(measured);
      const results = labels.map((label) => ({ model: label, ...(measured[label] as LatencyStatistics) }));
      run.output.result(sentences(results), { results });
    });
}

interface BenchFlags extends BenchedAs {
  readonly threads: number;
  readonly runs?: number;
}

function notHere({ unavailable: found, unblock }: Unavailable): EspalierError {
  return new EspalierError("UNAVAILABLE", "Latency cannot be measured here", { found, unblock });
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
