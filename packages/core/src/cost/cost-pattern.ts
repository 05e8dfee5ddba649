// The kernel that an operator runs, apart from its widths: two convolutions of one pattern differ in nothing but
// how many channels they read and write, so one table of measurements serves both. Handlers give it.

export interface CostPattern {
  /** What the kernel is, for tables that know nothing closer: "conv", "depthwise-conv", "grouped-conv", "matmul". */
  readonly kind: string;
  /** All that costs depend on and that pruning leaves alone: kernel, strides, spatial sizes, batch. */
  readonly key: string;
  /** Width it reads: channels, or the inner dimension. */
  readonly in: number;
  /** Width it writes. */
  readonly out: number;
  /** Each width written reads one width only. */
  readonly depthwise?: boolean;
  /** How often it runs at these widths: heads, groups. */
  readonly times: number;
}
