// Costs of a network on a device that is not here: the files that have to be timed there, and the cost table that their
// times give. Both come from the same work, the measurement of a cost table, on a place that stands in for the device.

import {
  CostMeter,
  type CostTable,
  eligibleGroups,
  type Host,
  isUnavailable,
  measureStair,
  openSubject,
  type Profiler,
  type ProfilerOptions,
  type ProgressListener,
  randomInputs,
  type StairPoint,
  stepOf,
  type TfliteRuntime,
} from "@espalier/core";
import { profilerOn } from "@espalier/tflite";
import { logError } from "./log-error.js";
import { parsePhoneLog } from "./phone-script.js";
import { type ProbeSettings, readSettings } from "./probe-settings.js";
import { collectingPlace, recordedPlace } from "./probe-timers.js";

export interface ProbeOptions {
  readonly host: Pick<Host, "sha256">;
  /** @default 1 */
  readonly seed?: number;
  /**
   * Networks at other widths beside the dense one.
   *
   * @default 12
   */
  readonly trials?: number;
  /**
   * Their widths are multiples of it. The step of the kernels is not known before they are timed; 8 is what LiteRT.js has.
   *
   * @default 8
   */
  readonly step?: number;
  /** @default 1 */
  readonly threads?: number;
  readonly dims?: Readonly<Record<string, number>>;
  readonly onProgress?: ProgressListener;
}

export interface DeviceTableOptions {
  readonly host: Pick<Host, "sha256">;
  /** What measured: "Pixel 8". */
  readonly device: string;
  readonly onProgress?: ProgressListener;
}

export interface Probes {
  readonly settings: ProbeSettings;
  /** By their digests. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * The files to time on a device: the network dense and at seeded widths, each of their operators alone, and the chains of
 * the staircase. Deterministic.
 *
 * @param model an ONNX network
 * @throws EspalierError reading errors; `NOT_RUNNABLE` where it has no form in TFLite
 */
export async function probeFiles(
  model: Uint8Array,
  { host, seed = 1, trials = 12, step = 8, threads = 1, dims = {}, onProgress }: ProbeOptions,
): Promise<Probes> {
  const { bindings } = openSubject(model, { dims });
  const settings = { source: await host.sha256(model), ...{ seed, trials, step, threads, bindings } };
  const files = new Map<string, Uint8Array>();
  await measure(model, settings, collectingPlace(files, host), "", onProgress);
  return { settings, files };
}

/**
 * The cost table that a log of the script beside the probe files gives, for plans of the same network.
 *
 * @throws EspalierError `INVALID_LOG` where the log is of another network, is cut off, is damaged, or tells of a failure
 */
export async function deviceCostTable(
  model: Uint8Array,
  log: string,
  { host, device, onProgress }: DeviceTableOptions,
): Promise<CostTable> {
  const settings = readSettings(log);
  const source = await host.sha256(model);
  if (settings.source !== source) throw logError("The log is of another network", source, settings.source);
  const place = `benchmark_model, ${device}`;
  const measured = parsePhoneLog(log, { threads: settings.threads, place });
  const times = new Map(Object.entries(measured).map(([label, { latency }]) => [label, latency.medianMs]));
  return measure(model, settings, recordedPlace(times, host), place, onProgress);
}

async function measure(
  model: Uint8Array,
  { source, seed, trials, step, threads, bindings }: ProbeSettings,
  place: Pick<TfliteRuntime, "openTimer">,
  runtime: string,
  onProgress?: ProgressListener,
): Promise<CostTable> {
  const subject = openSubject(model, { dims: bindings });
  const { model: graph, boundFacts, handlers, analysis } = subject;
  const [feeds = {}] = randomInputs(graph, boundFacts, handlers, { seed, count: 1 });
  const groups = eligibleGroups(analysis, { include: [], exclude: [], allowInexact: true });
  const progress = onProgress === undefined ? {} : { onProgress };
  const stair: readonly StairPoint[] = await within(place, { threads, kernels: false }, (profiler) =>
    measureStair(profiler, onProgress),
  );
  return within(place, { threads }, async (profiler) => {
    const meter = new CostMeter(subject, profiler, feeds, {
      ...{ seed, step: stepOf(stair), trialStep: step, stair, trials, groups },
      header: { machine: { device: runtime }, runtime, threads, source, bindings },
      ...progress,
    });
    await meter.run();
    return meter.table();
  });
}

async function within<T>(
  place: Pick<TfliteRuntime, "openTimer">,
  options: ProfilerOptions,
  work: (profiler: Profiler) => Promise<T>,
): Promise<T> {
  const profiler = await profilerOn(place, options);
  if (isUnavailable(profiler)) throw new Error("a place without an interpreter refused to stand in");
  try {
    return await work(profiler);
  } finally {
    await profiler.dispose();
  }
}
