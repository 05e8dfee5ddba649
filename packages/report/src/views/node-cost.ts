// One node in one quantity, MACs or bytes of weights, before and after.

export interface NodeCost {
  /** Printable name and operator. */
  readonly title: string;
  /** Shorter name for where all are seen together. */
  readonly short: string;
  readonly before: number;
  readonly after: number;
}

export function totalCost(rows: readonly NodeCost[]): { readonly before: number; readonly after: number } {
  return {
    before: rows.reduce((sum, row) => sum + row.before, 0),
    after: rows.reduce((sum, row) => sum + row.after, 0),
  };
}
