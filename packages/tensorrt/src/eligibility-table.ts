// What is expected of each layer, as data and as a page: which layers carry 2:4, which sparse kernels would be picked, and
// why the others stay dense.

import { type PatternLayers, patternLayers, REASONS, type Subject, TWO_OF_FOUR } from "@espalier/core";
import { type LayerGeometry, layerGeometry } from "./layer-geometry.js";
import { layerBound } from "./roofline.js";
import { sparseVerdict, type VerdictOptions } from "./sparse-verdict.js";

export interface EligibilityRow {
  readonly weight: string;
  readonly nodes: readonly string[];
  /** null where the pattern does not fit, so that nothing was computed. */
  readonly geometry: Omit<LayerGeometry, "weight" | "nodes"> | null;
  /** Whether the weights can follow the pattern at all. */
  readonly eligible: boolean;
  /** Whether a sparse kernel is expected to be picked. */
  readonly expected: boolean;
  readonly code: string | null;
  readonly reason: string;
  /** Dense over sparse time at best. */
  readonly speedup: number | null;
  readonly denseUs: number | null;
  readonly sparseUs: number | null;
}

export interface EligibilityTable {
  readonly device: string;
  readonly precision: string;
  readonly source: string;
  readonly rows: readonly EligibilityRow[];
}

/** One row for every weight of a matrix product or convolution. */
export function eligibilityTable(
  subject: Pick<Subject, "model" | "boundFacts" | "handlers">,
  options: VerdictOptions,
  found: PatternLayers = patternLayers(subject.model, subject.boundFacts, subject.handlers, TWO_OF_FOUR),
): EligibilityTable {
  const { model, boundFacts: facts, handlers } = subject;
  const rows = found.layers.map((layer): EligibilityRow => {
    const geometry = layerGeometry(layer, { model, facts, handlers });
    const { weight, nodes, ...sizes } = geometry;
    const verdict = sparseVerdict(geometry, options);
    const bound = layerBound(geometry, options.device, options.precision);
    const reason = verdict.code === null ? "Large enough for a sparse kernel." : REASONS[verdict.code].text;
    return {
      ...{ weight, nodes, geometry: sizes, eligible: true, expected: verdict.pays, code: verdict.code },
      reason: `${reason} (${verdict.detail})`,
      speedup: verdict.speedup,
      denseUs: bound?.denseUs ?? null,
      sparseUs: bound?.sparseUs ?? null,
    };
  });
  const dense = found.dense.map(
    ({ name, nodes, code, reason, detail }): EligibilityRow => ({
      ...{ weight: name, nodes, geometry: null, eligible: false, expected: false, code },
      reason: detail === null ? reason : `${reason} (${detail})`,
      ...{ speedup: null, denseUs: null, sparseUs: null },
    }),
  );
  const { title, source } = options.device;
  return { device: title, precision: options.precision, source, rows: [...rows, ...dense] };
}

/** The table as Markdown. */
export function eligibilityMarkdown({ device, precision, source, rows }: EligibilityTable): string {
  const expected = rows.filter((row) => row.expected).length;
  const eligible = rows.filter((row) => row.eligible).length;
  const lines = rows.map((row) => {
    const { geometry: sizes } = row;
    const size = sizes === null ? "" : `${sizes.inputs} × ${sizes.taps} → ${sizes.outputs}`;
    const bound = row.speedup === null ? "" : `${row.speedup.toFixed(2)} ×`;
    const nodes = row.nodes.filter((node) => node !== "").join(", ");
    const cells = [row.weight, nodes, size, row.eligible ? "yes" : "no", row.expected ? "yes" : "no"];
    return `| ${[...cells, bound, row.reason].map(cell).join(" | ")} |`;
  });
  return `# Expected use of sparse tensor cores

${device}, ${precision}. ${eligible} of ${rows.length} layers can carry 2:4, ${expected} are expected to be picked.
The bound is that of a roofline from peak figures (${source}): no layer gains more, most gain less. TensorRT times both
kernels and takes the faster; its log says which it picked.

| Weight | Nodes | Inputs × positions → outputs | Can carry 2:4 | Expected | Gain at most | Why |
| --- | --- | --- | --- | --- | ---: | --- |
${lines.join("\n")}
`;
}

/** Text of a model in a cell. */
function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll(/[\r\n]+/g, " ")
    .replaceAll("<", "&lt;");
}
