// Both networks of a deployment in one worker: fetched once, loaded for an engine, run on images, timed.

import {
  compareOutput,
  type Feeds,
  isUnavailable,
  type ProgressListener,
  type Runtime,
  type Session,
} from "@espalier/core";
import { type CardInput, type InputCard, imageToTensor, readInputCard } from "@espalier/interchange";
import { EspalierError } from "@espalier/ir";
import { decodeImage, type ImageSource } from "../image/decode-image.js";
import { fetchModel, fetchSmallFile } from "./fetch-file.js";
import { readAnswer } from "./read-answer.js";
import type { Answers, DemoLatency, LoadRequest } from "./tasks.js";

type Which = "original" | "pruned";
const BOTH: readonly Which[] = ["original", "pruned"];

/** What the networks of a demo run on. */
export type DemoRuntime = Pick<Runtime, "load" | "measureLatency">;

export class DemoModels {
  readonly #runtime: DemoRuntime;
  readonly #bytes: Readonly<Record<Which, Uint8Array>>;
  readonly #sessions: Readonly<Record<Which, Session>>;
  readonly #card: InputCard;
  /** The last image, which latency is measured on. */
  #feeds: Feeds | null = null;

  private constructor(
    runtime: DemoRuntime,
    bytes: Readonly<Record<Which, Uint8Array>>,
    sessions: Readonly<Record<Which, Session>>,
    card: InputCard,
  ) {
    [this.#runtime, this.#bytes, this.#sessions, this.#card] = [runtime, bytes, sessions, card];
  }

  /** @throws EspalierError `UNAVAILABLE`, `MISMATCH`, `INVALID_CARD`, `NOT_RUNNABLE` */
  static async load(
    { deployment, base }: Omit<LoadRequest, "engine">,
    runtime: DemoRuntime,
    onProgress: ProgressListener,
  ): Promise<DemoModels> {
    const { card, original, pruned } = deployment;
    if (card === null) throw new EspalierError("INVALID_OPTION", "This network takes no image");
    const at = (path: string): string => new URL(path, base).href;
    const readCard = readInputCard(await fetchSmallFile(at(card.path), "the input card"));
    const total = original.size.raw + pruned.size.raw;
    const report = (done: number): void => onProgress({ phase: "download", done, total, unit: "bytes" });
    const first = await fetchModel(original, at(original.path), report);
    const second = await fetchModel(pruned, at(pruned.path), (done) => report(first.byteLength + done));
    const bytes = { original: first, pruned: second };
    onProgress({ phase: "load", done: 0, total: 2, unit: "networks" });
    const sessions = { original: await runtime.load(first), pruned: await runtime.load(second) };
    onProgress({ phase: "load", done: 2, total: 2, unit: "networks" });
    return new DemoModels(runtime, bytes, sessions, readCard);
  }

  async run(image: ImageSource): Promise<Answers> {
    const feeds = this.#feedsOf(await decodeImage(image));
    const start = performance.now();
    const original = await this.#sessions.original.run(feeds);
    const between = performance.now();
    const pruned = await this.#sessions.pruned.run(feeds);
    const tookMs = { original: between - start, pruned: performance.now() - between };
    this.#feeds = feeds;
    return {
      original: readAnswer(original, this.#card),
      pruned: readAnswer(pruned, this.#card),
      agreement: Object.entries(original).flatMap(([name, tensor]) => {
        const other = pruned[name];
        return other === undefined ? [] : [compareOutput(name, tensor, other)];
      }),
      tookMs,
    };
  }

  /** Of both side by side on the last image, one thread: what claims are made at. */
  async measure(signal: AbortSignal, onProgress: ProgressListener): Promise<DemoLatency> {
    if (this.#feeds === null) throw new EspalierError("INVALID_OPTION", "No image was picked yet");
    const models = Object.fromEntries(BOTH.map((which) => [which, { bytes: this.#bytes[which] }]));
    const measured = await this.#runtime.measureLatency({
      models,
      feeds: this.#feeds,
      threads: 1,
      batch: 1,
      signal,
      onProgress,
    });
    if (isUnavailable(measured)) return measured;
    const { original, pruned } = measured;
    if (original === undefined || pruned === undefined) throw new Error("a model was not timed");
    return { original, pruned };
  }

  #feedsOf(image: Parameters<typeof imageToTensor>[0]): Feeds {
    const [first, second] = this.#card.inputs;
    if (first === undefined || second !== undefined)
      throw new EspalierError("UNSUPPORTED", "The demo feeds networks of one input", {
        found: `${this.#card.inputs.length} inputs`,
      });
    return { [first.name]: imageToTensor(image, first as CardInput) };
  }
}
