// A small language for the made-up networks of the samples: residual stages of bottleneck blocks, with
// coupled groups, widths before and after, MACs and weight bytes worked out from them.

import type { CostRow, WidthRow } from "@espalier/core";
import type { ReportEdge, ReportGraph, ReportNode } from "../graph/report-graph.js";

export interface SampleNetwork {
  readonly graph: ReportGraph;
  readonly widths: readonly WidthRow[];
  readonly costs: readonly CostRow[];
}

export interface SampleOptions {
  /** Bottleneck blocks per stage: [3, 4, 6, 3] is ResNet-50. */
  readonly stages: readonly number[];
  readonly baseWidth: number;
  /** Share of the units kept, by the number of the group. */
  readonly keep: (group: number) => number;
  /** Widths are rounded up to a multiple of this. */
  readonly step: number;
  readonly name?: (text: string) => string;
  readonly classes?: number;
}

interface Group {
  readonly id: string;
  readonly row: WidthRow;
}

/** An image network in the shape of ResNet: stem, stages, pooling, classifier. */
export function sampleNetwork(options: SampleOptions): SampleNetwork {
  const { stages, baseWidth, keep, step, name = (text) => text, classes = 1000 } = options;
  const nodes: ReportNode[] = [];
  const edges: ReportEdge[] = [];
  const costs: CostRow[] = [];
  const groups: Group[] = [];

  const group = (value: string, before: number): Group => {
    const asked = Math.max(1, Math.floor(before * keep(groups.length)));
    const after = Math.min(before, Math.ceil(asked / step) * step);
    const id = `${name(value)}#1`;
    const exact = groups.length % 11 !== 7;
    const made = {
      id,
      row: { group: id, kind: "channel", before, after, asked, exact, members: 3 + (groups.length % 5) },
    };
    groups.push(made);
    return made;
  };
  const add = (
    label: string,
    opType: string,
    from: readonly string[],
    output: Group | null,
    input: Group | null,
    cost?: readonly [number, number, number, number],
    state: ReportNode["state"] = "kept",
  ): string => {
    const id = `n${nodes.length}`;
    const [macsBefore, macsAfter, bytesBefore, bytesAfter] = cost ?? [0, 0, 0, 0];
    nodes.push({
      id,
      label: name(label),
      opType,
      macsBefore,
      macsAfter: state === "removed" ? 0 : macsAfter,
      state,
      groups: output === null ? [] : [output.id],
      inputGroups: input === null ? [] : [input.id],
      widthBefore: output?.row.before ?? null,
      widthAfter: output?.row.after ?? null,
    });
    for (const source of from) edges.push({ from: source, to: id });
    if (bytesBefore > 0)
      costs.push({
        node: name(label),
        opType,
        macs: { before: macsBefore, after: macsAfter },
        weightBytes: { before: bytesBefore, after: bytesAfter },
      });
    return id;
  };
  const conv = (
    label: string,
    from: string,
    output: Group,
    input: Group | null,
    kernel: number,
    size: number,
  ): string => {
    const [i0, i1] = input === null ? [3, 3] : [input.row.before, input.row.after];
    const weights = [output.row.before * i0 * kernel ** 2, output.row.after * i1 * kernel ** 2] as const;
    return add(`${label}/Conv`, "Conv", [from], output, input, [
      weights[0] * size ** 2,
      weights[1] * size ** 2,
      weights[0] * 4,
      weights[1] * 4,
    ]);
  };
  const convBnRelu = (
    label: string,
    from: string,
    output: Group,
    input: Group | null,
    kernel: number,
    size: number,
    relu = true,
  ): string => {
    const normalised = add(
      `${label}/BatchNormalization`,
      "BatchNormalization",
      [conv(label, from, output, input, kernel, size)],
      output,
      output,
      undefined,
      "removed",
    );
    return relu ? add(`${label}/Relu`, "Relu", [normalised], output, output) : normalised;
  };

  const entry = add("/Cast", "Cast", [], null, null);
  let stem = group("/stem/Conv_output_0", baseWidth);
  let last = add("/maxpool/MaxPool", "MaxPool", [convBnRelu("/stem", entry, stem, null, 7, 112)], stem, stem);
  stages.forEach((blocks, s) => {
    const inner = baseWidth * 2 ** s;
    const size = 56 / 2 ** s;
    const trunk = group(`/layer${s + 1}/layer${s + 1}.0/conv3/Conv_output_0`, inner * 4);
    for (let b = 0; b < blocks; b++) {
      const at = `/layer${s + 1}/layer${s + 1}.${b}`;
      const [first, second] = [
        group(`${at}/conv1/Conv_output_0`, inner),
        group(`${at}/conv2/Conv_output_0`, inner),
      ];
      const input = b === 0 ? stem : trunk;
      const branch = convBnRelu(
        `${at}/conv3`,
        convBnRelu(
          `${at}/conv2`,
          convBnRelu(`${at}/conv1`, last, first, input, 1, size),
          second,
          first,
          3,
          size,
        ),
        trunk,
        second,
        1,
        size,
        false,
      );
      const skip = b === 0 ? convBnRelu(`${at}/downsample`, last, trunk, input, 1, size, false) : last;
      last = add(
        `${at}/Relu_2`,
        "Relu",
        [add(`${at}/Add`, "Add", [branch, skip], trunk, trunk)],
        trunk,
        trunk,
      );
    }
    stem = trunk;
  });
  const pooled = add("/avgpool/GlobalAveragePool", "GlobalAveragePool", [last], stem, stem);
  const flat = add("/Flatten", "Flatten", [pooled], stem, stem);
  const fc = [stem.row.before * classes, stem.row.after * classes] as const;
  add("/fc/Gemm", "Gemm", [flat], null, stem, [fc[0], fc[1], fc[0] * 4, fc[1] * 4]);
  return { graph: { nodes, edges }, widths: groups.map(({ row }) => row), costs };
}
