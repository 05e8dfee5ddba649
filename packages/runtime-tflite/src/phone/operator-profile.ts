// The tables that the benchmark tool prints with --enable_op_profiling=true: one for each graph of the file, and one
// for the operators inside a delegate, such as XNNPACK's. Read are those in the order of execution; the others repeat
// them.
//
// Source: StatsCalculator in tensorflow/core/util/stats_calculator.cc. Older and newer versions have other columns, so
// columns are found by their titles.

import { logError, parseNumber } from "./log-error.js";

export interface ProfiledGraph {
  /** "" for the only graph; else as the tool calls it: "Primary graph …", "Subgraph (index: 1, …)", "Delegate internal". */
  readonly title: string;
  readonly operators: readonly OperatorTime[];
}

export interface OperatorTime {
  /** "CONV_2D"; for a delegate's own operators what it calls them. */
  readonly type: string;
  /** Names of the tensors that it makes, as the tool prints them: "[probabilities]:30". */
  readonly name: string;
  readonly meanMs: number;
  readonly firstMs: number;
  /** Of the time of all operators of this graph, 0–1. */
  readonly share: number;
  readonly timesCalled: number;
}

const RUNS = "Operator-wise Profiling Info for Regular Benchmark Runs";
const TABLE = "= Run Order =";
const COUNT = /Number of nodes executed: (\d+)/;
const TITLE = /((?:Primary graph|Subgraph \(|Delegate internal).*?):?\s*$/;

/**
 * @returns null where the tool was not asked for profiles
 * @throws EspalierError `INVALID_LOG` where a table is cut off or holds something else
 */
export function parseProfile(lines: readonly string[]): readonly ProfiledGraph[] | null {
  const start = lines.findIndex((line) => line.includes(RUNS));
  if (start < 0) return null;
  const graphs: ProfiledGraph[] = [];
  let title = "";
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line.includes(TABLE)) {
      const end = lines.findIndex((one, i) => i > at && COUNT.test(one));
      if (end < 0)
        throw logError("A profile is cut off", "the number of its operators", "the end of the log");
      graphs.push({
        title,
        operators: parseTable(lines.slice(at + 1, end), COUNT.exec(lines[end] as string)?.[1]),
      });
      title = "";
      at = end;
    } else if (!line.includes("Timings (microseconds)")) title = TITLE.exec(line)?.[1]?.trim() ?? title;
  }
  if (graphs.length === 0) throw logError("A profile has no table", TABLE, "the end of the log");
  return graphs;
}

/** @param count operators that the tool says there are */
function parseTable(lines: readonly string[], count: string | undefined): OperatorTime[] {
  const [header, ...rest] = lines;
  const columns = (header ?? "").split("\t").map((text) => text.trim());
  const place = (title: string): number => {
    const index = columns.indexOf(title);
    if (index < 0) throw logError("A profile lacks a column", title, header ?? "nothing");
    return index;
  };
  const places = {
    type: place("[node type]"),
    first: place("[first]"),
    mean: place("[avg ms]"),
    share: place("[%]"),
    times: place("[times called]"),
    name: place("[Name]"),
  };
  const end = rest.findIndex((line) => !line.includes("\t"));
  const operators = rest.slice(0, end < 0 ? rest.length : end).map((line): OperatorTime => {
    const cells = line.split("\t");
    const number = (key: keyof typeof places): number =>
      parseNumber(cells[places[key]]?.replace("%", ""), `A profile's column ${columns[places[key]]}`, 0);
    const type = cells[places.type]?.trim() ?? "";
    if (type === "") throw logError("An operator of a profile has no type", "a type", line);
    return {
      type,
      name: cells.slice(places.name).join("\t").trim(),
      meanMs: number("mean"),
      firstMs: number("first"),
      share: number("share") / 100,
      timesCalled: number("times"),
    };
  });
  if (operators.length === Number(count)) return operators;
  throw logError(
    "A profile has another number of operators than it says",
    String(count),
    `${operators.length}`,
  );
}
