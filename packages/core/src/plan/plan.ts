// The pruning plan: what is done to a model, step by step, as plain data. Made by a target, applied by
// `applyPlan`, replayed by anyone. Structural steps give the same bytes on any machine.

/** What one `slice` step removes: the units of one coupled group that are not in `keep`. */
export interface SliceStep {
  readonly kind: "slice";
  /** Id of the coupled group: `<value>#<axis>[.<factor>]`. */
  readonly group: string;
  /** Number of units before. */
  readonly width: number;
  /** Units kept: sorted, unique, at least one, below `width`. */
  readonly keep: readonly number[];
  /** Why these and so many: code and sentence. */
  readonly reason: string;
}

/** Later kinds: mask, permute, update-weights, quantize, share, finetune. Unknown kinds are an error. */
export type PlanStep = SliceStep;

/** What was asked for. Ratios 0–1. */
export interface PlanBudget {
  readonly kind: "ratio";
  readonly value: number;
}

export interface PlanOptions {
  readonly granularity: string;
  readonly criterion: string;
  readonly allocation: string;
  readonly schedule: string;
  readonly step: number;
  readonly minWidth: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly keepOverridable: boolean;
}

export interface PruningPlan {
  readonly schema: 1;
  readonly tool: string;
  readonly version: string;
  readonly source: { readonly sha256: string; readonly path: string };
  readonly bindings: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly target: string;
  readonly budget: PlanBudget;
  readonly options: PlanOptions;
  readonly costTable: { readonly sha256: string; readonly origin: string } | null;
  readonly steps: readonly PlanStep[];
}
