// The network as the report shows it: one row per node that existed before or exists now. Plain data,
// made by `reportGraph` from two models.

export interface ReportNode {
  /** Unique within the graph. */
  readonly id: string;
  /** Node name, or the name of its first output where it has none. */
  readonly label: string;
  readonly opType: string;
  readonly macsBefore: number | null;
  readonly macsAfter: number | null;
  /** Coupled groups along its output. */
  readonly groups: readonly string[];
  /** Coupled groups along its inputs and weights. */
  readonly inputGroups: readonly string[];
  /** Units along its output; null where no group runs. */
  readonly widthBefore: number | null;
  readonly widthAfter: number | null;
  /** removed: folded into another or dead; added: only in the artefact. */
  readonly state: "kept" | "removed" | "added";
}

export interface ReportEdge {
  readonly from: string;
  readonly to: string;
}

export interface ReportGraph {
  /** In topological order. */
  readonly nodes: readonly ReportNode[];
  readonly edges: readonly ReportEdge[];
}
