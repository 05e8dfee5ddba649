// What is being done, how far it is, and a button to stop it. The steps are known before the first begins, so the
// bar never goes back.

import type { ProgressEvent } from "@espalier/core";
import { element, fill } from "./element.js";

export interface Step {
  /** `ProgressEvent.phase` */
  readonly phase: string;
  /** "Comparing outputs" */
  readonly label: string;
}

export interface ProgressPanel {
  readonly root: HTMLElement;
  readonly show: (event: ProgressEvent) => void;
}

/** @param onCancel null for work that is over before anybody can press a button */
export function progressPanel(steps: readonly Step[], onCancel: (() => void) | null): ProgressPanel {
  const bar = element("progress", { max: steps.length, value: 0, "aria-label": "progress" });
  const line = element("p", { class: "step", "aria-live": "polite" }, steps[0]?.label ?? "");
  const cancel = element("button", { type: "button", class: "quiet" }, "Cancel");
  cancel.addEventListener("click", () => onCancel?.());
  const root = element(
    "div",
    { class: "progress" },
    bar,
    element("div", { class: "below" }, line, onCancel !== null && cancel),
  );
  let furthest = 0;
  const show = ({ phase, done, total, unit }: ProgressEvent): void => {
    const at = steps.findIndex((step) => step.phase === phase);
    if (at < 0) return;
    furthest = Math.max(furthest, at + (total > 0 ? Math.min(1, done / total) : 0));
    bar.value = furthest;
    const count = total > 1 ? `, ${amount(done, unit)} of ${amount(total, unit)}` : "";
    fill(line, `${steps[at]?.label}${count}`);
  };
  return { root, show };
}

function amount(value: number, unit: string): string {
  return unit === "bytes" ? `${(value / 1e6).toFixed(1)} MB` : `${value} ${unit}`;
}
