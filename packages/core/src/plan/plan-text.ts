// plan.json: the text of a plan. The same plan is always the same bytes.

import type { PruningPlan } from "./plan.js";

/** The plan as JSON: keys in the order of the type, one line a step, a final newline. */
export function planText(plan: PruningPlan): string {
  const { steps, ...head } = plan;
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`);
  const open = JSON.stringify(head, null, 2).slice(0, -2);
  return `${open},\n  "steps": [${lines.length === 0 ? "" : `\n${lines.join(",\n")}\n  `}]\n}\n`;
}
