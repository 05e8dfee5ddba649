// What `trtexec --verbose` says on sparsity and time, read from its log.
//
// TensorRT 8 and 9: "(Sparsity) Layers eligible for sparse math: a, b"
//                   "(Sparsity) TRT inference plan picked sparse implementation for layers: b"
// TensorRT 10:      "(Sparsity) Found 2 layer(s) eligible to use sparse tactics: a, b"
//                   "(Sparsity) Chose 1 layer(s) using sparse tactics: b"      names only with --verbose
// Each pass of the builder writes the pair; the last one is about the engine.

import { EspalierError, quoteName } from "@espalier/ir";
import { layerList } from "./layer-names.js";

export interface SparseLayers {
  readonly count: number;
  /** null where the log gives the number alone. */
  readonly names: readonly string[] | null;
}

export interface TrtexecLog {
  /** null where the engine was built without --sparsity. */
  readonly eligible: SparseLayers | null;
  readonly picked: SparseLayers | null;
  /** Of the network: null where nothing was run. */
  readonly gpuMs: { readonly median: number; readonly mean: number } | null;
  readonly throughput: number | null;
}

/**
 * @throws EspalierError `INVALID_LOG` for other text, or a log that ends early; `SIZE_UNKNOWN` naming the --dim where an
 *   input's size was open; `UNSUPPORTED` for an operator or type that TensorRT has not; `RUN_FAILED` where trtexec failed
 *   otherwise
 */
export function readTrtexecLog(text: string): TrtexecLog {
  const lines = text.split(/\r?\n/);
  if (!lines.some((line) => MARK.test(line))) {
    throw new EspalierError("INVALID_LOG", "This is not a log of trtexec", {
      expected: "lines such as [03/23/2021-00:14:05] [I] [TRT] …",
      found: quoteName(text.slice(0, 60)),
      unblock: "Give what trtexec --verbose wrote to its standard output and error.",
    });
  }
  refuseOpenSizes(lines);
  refuseFailure(lines);
  const eligible = lastOf(lines, ELIGIBLE);
  const picked = lastOf(lines, PICKED);
  if (eligible !== null && picked === null) {
    throw new EspalierError("INVALID_LOG", "The log ends before the engine was built", {
      expected: "a line on which layers were picked, after that on which are eligible",
      found: "none",
      unblock: "Run trtexec again and keep all of its output.",
    });
  }
  return { eligible, picked, gpuMs: gpuTime(lines), throughput: throughput(lines) };
}

const MARK = /\[[IWEV]\]|\[TensorRT\] (INFO|WARNING|ERROR|VERBOSE):|\[TRT\]/;
const ELIGIBLE = [
  /\(Sparsity\) Layers eligible for sparse math:(?<names>.*)$/,
  /\(Sparsity\) Found (?<count>\d+) layer\(s\) eligible to use sparse tactics:?(?<names>.*)$/,
] as const;
const PICKED = [
  /\(Sparsity\) TRT inference plan picked sparse implementation for layers:(?<names>.*)$/,
  /\(Sparsity\) Chose (?<count>\d+) layer\(s\) using sparse tactics:?(?<names>.*)$/,
] as const;

function lastOf(lines: readonly string[], forms: readonly RegExp[]): SparseLayers | null {
  for (const line of lines.toReversed()) {
    for (const form of forms) {
      const found = form.exec(line)?.groups;
      if (found === undefined) continue;
      const names = layerList(found.names ?? "");
      const count = found.count === undefined ? names.length : Number(found.count);
      if (found.count !== undefined && names.length !== count && names.length > 0)
        throw new EspalierError("INVALID_LOG", "A line of the log contradicts itself", {
          where: quoteName(line.slice(0, 120)),
          expected: `${count} names`,
          found: String(names.length),
        });
      return { count, names: found.count !== undefined && count > 0 && names.length === 0 ? null : names };
    }
  }
  return null;
}

function refuseOpenSizes(lines: readonly string[]): void {
  for (const line of lines) {
    const found = /Dynamic dimensions required for input: (.+?), but no shapes were provided/.exec(line);
    if (found === null) continue;
    const input = found[1] as string;
    throw new EspalierError("SIZE_UNKNOWN", "The engine was built for sizes that nobody gave", {
      where: `input ${quoteName(input)}`,
      expected: "a size for every dimension",
      found: "trtexec set open dimensions to 1",
      unblock: `Bind them when exporting: --dim ${input}:AXIS=N for each open axis.`,
    });
  }
}

function refuseFailure(lines: readonly string[]): void {
  const failed = lines.some((line) => line.includes("&&&& FAILED TensorRT.trtexec"));
  if (!failed) return;
  const errors = lines.filter((line) => /\[E\]/.test(line));
  for (const line of errors) {
    const op = /No importer registered for op: (\S+?)[.,]?(?:\s|$)/.exec(line)?.[1];
    const type = /Unsupported (?:ONNX )?data type: (\S+?)[.,]?(?:\s|$)/i.exec(line)?.[1];
    const what = op === undefined ? type : `operator ${op}`;
    if (what === undefined) continue;
    throw new EspalierError("UNSUPPORTED", "TensorRT cannot build this network", {
      found: quoteName(what),
      unblock:
        op === undefined
          ? "Export the network in float32 or float16."
          : "Use a newer TensorRT or a plugin, or export the model without this operator.",
    });
  }
  throw new EspalierError("RUN_FAILED", "trtexec failed", {
    found: quoteName((errors[0] ?? "no error was logged").slice(0, 300)),
  });
}

function gpuTime(lines: readonly string[]): TrtexecLog["gpuMs"] {
  const line = lines.findLast((one) => /GPU Compute Time: min = /.test(one));
  const found = /mean = ([\d.]+) ms, median = ([\d.]+) ms/.exec(line ?? "");
  return found === null ? null : { mean: Number(found[1]), median: Number(found[2]) };
}

function throughput(lines: readonly string[]): number | null {
  const found = /Throughput: ([\d.]+) qps/.exec(
    lines.findLast((line) => line.includes("Throughput: ")) ?? "",
  );
  return found === null ? null : Number(found[1]);
}
