// What a training tells while it goes on: a bar where there is one, and a line after every epoch and every half minute.

import type { TrainingProgress } from "@espalier/train";
import type { CommandSession } from "../session.js";

const LINE_MS = 30_000;

/** A listener for one training of so many epochs. */
export function sayProgress(
  { progress, output }: Pick<CommandSession, "progress" | "output">,
  epochs: number,
  now: () => number,
): (event: TrainingProgress) => void {
  let said = now();
  return (event) => {
    const { phase, done, total } = event;
    const state = stateText(event);
    if (phase === "train") progress.listener({ phase: "training", done, total, unit: `steps  ${state}` });
    if (phase !== "evaluate" && now() - said < LINE_MS) return;
    said = now();
    progress.stop();
    output.note(`  epoch ${event.epoch}/${epochs}, ${phase === "evaluate" ? "test" : "training"}: ${state}`);
  };
}

function stateText({ loss, accuracy, samplesPerSecond, secondsLeft }: TrainingProgress): string {
  return [
    `loss ${Number(loss.toPrecision(3))}`,
    ...(accuracy === null ? [] : [`accuracy ${(100 * accuracy).toFixed(1)} %`]),
    ...(samplesPerSecond === null ? [] : [`${Math.round(samplesPerSecond)} samples/s`]),
    ...(secondsLeft === null ? [] : [`${timeText(secondsLeft)} left`]),
  ].join(", ");
}

function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
