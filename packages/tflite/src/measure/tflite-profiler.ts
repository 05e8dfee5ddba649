// Times networks on a TFLite interpreter for cost tables. None of the interpreters tells its kernels apart: LiteRT.js has
// no profiler, and that of tfjs-tflite adds up the operators of all the parts that XNNPACK computes. So whole runs of the
// network are timed, and each operator as a file of its own, once for all networks that have it. What being alone adds or
// saves is found where the two meet: the cost table takes operators as shares of whole runs.

import {
  type Feeds,
  isUnavailable,
  type ModelBytes,
  type ModelProfile,
  type ProfiledNode,
  type Profiler,
  type ProfilerOptions,
  type TfliteRuntime,
  type TfliteTimer,
  type TimeRuns,
  takeTurns,
  type Unavailable,
} from "@espalier/core";
import { isEspalierError, type Model } from "@espalier/ir";
import { readTflite } from "../read-tflite.js";
import { kernelNames } from "./kernel-name.js";
import { type PacedTime, pacedBy, paceNetwork } from "./pace.js";
import { type SingleOperator, singleOperators } from "./single-operator.js";

const DEFAULT_BUDGET_MS = 500;

/** A network as its interpreter loads it. */
export interface TimedNetwork {
  readonly bytes: Uint8Array;
  readonly feeds: Feeds;
  /** What it was lowered from; null for a file of others. */
  readonly model: Model | null;
}

/** @param open lowers a network */
export async function openTfliteProfiler(
  interpreter: Pick<TfliteRuntime, "openTimer">,
  { budgetMs = DEFAULT_BUDGET_MS, reference, kernels = true, ...options }: ProfilerOptions,
  open: (model: ModelBytes, feeds: Feeds) => TimedNetwork,
): Promise<Profiler | Unavailable> {
  const first = await interpreter.openTimer(options);
  if (isUnavailable(first)) return first;
  const timers: TfliteTimer[] = [first];
  /** A file that stays loaded in a place of its own. */
  const beside = async ({ bytes, feeds }: Pick<TimedNetwork, "bytes" | "feeds">): Promise<TimeRuns> => {
    const timer = await interpreter.openTimer(options);
    if (isUnavailable(timer)) throw new Error("a second timer cannot be had where a first one could");
    timers.push(timer);
    return timer.load(bytes, feeds);
  };
  let other: TimeRuns | null = null;
  let paced: PacedTime | null = null;
  const known = new Map<string, number>();
  const timeOf = async (operator: SingleOperator): Promise<number | null> => {
    const before = known.get(operator.key);
    if (before !== undefined) return before;
    if (paced === null) {
      const { onnx, feeds } = paceNetwork();
      paced = pacedBy(await beside(open({ bytes: onnx }, feeds)));
    }
    try {
      const us = await paced(await first.load(operator.file(), operator.feeds()));
      known.set(operator.key, us);
      return us;
    } catch (error) {
      // Some are only run as a part of others: then they are a part of what the whole run takes.
      if (isEspalierError(error, "NOT_RUNNABLE") || isEspalierError(error, "UNSUPPORTED")) return null;
      throw error;
    }
  };
  return {
    async profile(model, feeds): Promise<ModelProfile> {
      const network = open(model, feeds);
      if (reference !== undefined) other ??= await beside(open(reference.model, reference.feeds));
      const runs = await takeTurns(await first.load(network.bytes, network.feeds), other, budgetMs / 2);
      const nodes = kernels ? await profileOperators(network, timeOf) : null;
      return { nodes, profiled: null, ...runs };
    },
    async dispose() {
      for (const timer of timers) await timer.dispose();
    },
  };
}

async function profileOperators(
  { bytes, model }: TimedNetwork,
  timeOf: (operator: SingleOperator) => Promise<number | null>,
): Promise<ProfiledNode[]> {
  const nameOf =
    model === null
      ? ({ builtin, result }: SingleOperator) => ({ name: result.name, opType: builtin })
      : kernelNames(model);
  const nodes: ProfiledNode[] = [];
  for (const operator of singleOperators(readTflite(bytes))) {
    const durationUs = await timeOf(operator);
    if (durationUs === null) continue;
    const { shape } = operator.result;
    nodes.push({ ...nameOf(operator), durationUs, inputShapes: [], outputShapes: [shape] });
  }
  return nodes;
}
