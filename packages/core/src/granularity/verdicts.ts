// The reason codes of granularity choices and of advice, with the paragraph that `espalier explain` prints.

/** A runtime skips zeros when a layer with them takes less than this share of its dense time: the rest is noise. */
export const ZEROS_SKIPPED_BELOW = 0.9;

/** Code → what it means, and what would change it. */
export const VERDICTS = {
  CHANNELS_SMALLER_LAYERS: {
    text: "Removing whole units leaves smaller dense layers: every runtime does less work, in whole steps of its staircase.",
    unblock: "Nothing to do.",
  },
  ZEROS_NOT_SKIPPED: {
    text: "Single zeros stay in a dense matrix: the runtime multiplies by them like by any other number, so they save no time.",
    unblock: "Use zeros for a smaller download (compress), or a target that skips them.",
  },
  ZEROS_SKIPPED: {
    text: "This runtime measurably skips zeros.",
    unblock: "Nothing to do.",
  },
  PATTERN_NOT_USED: {
    text: "A pattern such as 2:4 is only used by hardware with sparse units; this runtime multiplies by its zeros.",
    unblock: "Use the server GPU target for 2:4.",
  },
  PATTERN_USED: {
    text: "This runtime measurably uses the pattern of zeros.",
    unblock: "Nothing to do.",
  },
  BLOCKS_NOT_USED: {
    text: "Blocks of zeros inside a layer stay in its dense matrix, as single zeros do.",
    unblock: "Remove whole units instead.",
  },
  LAYER_NEEDS_TRAINING: {
    text: "Removing a layer changes what all later layers read; without training nothing is left of the network's answers.",
    unblock: "Choose a shallower network and distil, or remove units.",
  },
  BELOW_ONE_STEP: {
    text: "The group is no wider than one step of this machine's staircase: a narrower layer takes as long.",
    unblock: "Prune it for size with --step 1; latency stays.",
  },
  STAYS_DENSE: {
    text: "Removing units of this group is not exact, excluded, or has no weights to rank by.",
    unblock: "See the refusals of `espalier inspect`.",
  },
} as const;

export type VerdictCode = keyof typeof VERDICTS;
