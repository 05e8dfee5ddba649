// The page of a deployed network: an image in, the answers of original and pruned side by side; latency in this
// browser; what is fetched. The networks live in one worker for the engine that is chosen; another engine is another
// worker.

import { formatDeviation, formatShare, formatTogether } from "@espalier/report/text";
import { byId, element, fill } from "../dom/element.js";
import { failurePanel } from "../dom/failure-panel.js";
import { progressPanel } from "../dom/progress-panel.js";
import type { ImageSource } from "../image/decode-image.js";
import { imagePicker } from "../image/image-picker.js";
import { TaskError, TaskWorker } from "../tasks/task-worker.js";
import { answerPanel } from "./answer-panel.js";
import { DEPLOYMENT_FILE, type Deployment } from "./deployment.js";
import { fetchSmallFile } from "./fetch-file.js";
import { latencyPanel } from "./latency-panel.js";
import { sizesTable } from "./sizes-table.js";
import type { Answers, DemoTasks } from "./tasks.js";

const LOADING = [
  { phase: "download", label: "Fetching the networks" },
  { phase: "load", label: "Loading them" },
];
const MEASURING = [{ phase: "measuring latency", label: "Timing both in turn" }];

export interface DemoSetting {
  /** Starts the worker that holds both networks. */
  startWorker(): Worker;
  /** How this page computes with an engine. */
  describe(engine: string): HTMLElement;
  /** Whether answers say how long they took: of one run, so no claim. */
  readonly times: boolean;
  /** Hears of an image that was dropped or picked, before it is run. */
  onPicked?(): void;
}

export interface RunOnPage {
  /** One of many that follow each other: what is shown stays until the next answer, and none is announced. */
  readonly live?: boolean;
}

export class DemoPage {
  readonly #deployment: Deployment;
  readonly #setting: DemoSetting;
  #engine: string;
  #worker: TaskWorker<DemoTasks> | null = null;
  #loading: Promise<unknown> | null = null;
  #image: ImageSource | null = null;
  /** Of the latest image; older answers are not shown any more. */
  #turn = 0;

  private constructor(deployment: Deployment, setting: DemoSetting) {
    [this.#deployment, this.#setting] = [deployment, setting];
    this.#engine = Object.keys(deployment.engines)[0] ?? "";
  }

  /** null where the page cannot find out what it is about; it says so itself. */
  static async start(setting: DemoSetting): Promise<DemoPage | null> {
    let page: DemoPage | null = null;
    try {
      const bytes = await fetchSmallFile(new URL(DEPLOYMENT_FILE, document.baseURI).href, "the deployment");
      page = new DemoPage(JSON.parse(new TextDecoder().decode(bytes)) as Deployment, setting);
      page.#show();
    } catch (error) {
      fill(byId("answers"), failurePanel("The page cannot find out what it is about.", error));
    }
    document.body.dataset.ready = "true";
    return page;
  }

  get deployment(): Deployment {
    return this.#deployment;
  }

  #show(): void {
    fill(byId("sizes"), sizesTable(this.#deployment));
    fill(byId("threads"), this.#setting.describe(this.#engine));
    for (const engine of Object.keys(this.#deployment.engines))
      byId(engine).addEventListener("change", () => this.#choose(engine));
    byId("measure").addEventListener("click", () => void this.#measure());
    if (this.#deployment.card === null) return;
    const elements = {
      zone: byId("drop"),
      input: byId<HTMLInputElement>("file"),
      samples: byId("samples"),
      canvas: byId<HTMLCanvasElement>("picture"),
    };
    imagePicker(
      elements,
      this.#deployment.samples,
      (image) => {
        this.#setting.onPicked?.();
        void this.run(image);
      },
      (error) => fill(byId("answers"), failurePanel("The sample cannot be fetched.", error)),
    );
  }

  #choose(engine: string): void {
    this.#engine = engine;
    this.#worker?.end();
    this.#worker = null;
    fill(byId("latency"));
    fill(byId("threads"), this.#setting.describe(engine));
    if (this.#image !== null) void this.run(this.#image);
  }

  /**
   * Shows the answers of both to an image.
   *
   * @returns false where there was no answer; why not, is shown
   */
  async run(image: ImageSource, { live = false }: RunOnPage = {}): Promise<boolean> {
    const turn = ++this.#turn;
    this.#image = image;
    const measure = byId<HTMLButtonElement>("measure");
    measure.disabled = true;
    const answers = byId("answers");
    answers.setAttribute("aria-live", live ? "off" : "polite");
    if (!live) answers.setAttribute("aria-busy", "true");
    try {
      const worker = await this.#loaded();
      const found = await worker.run("run", { image });
      if (turn !== this.#turn) return true;
      fill(answers, this.#answers(found));
      measure.disabled = live;
      return true;
    } catch (error) {
      if (turn !== this.#turn || isCancelled(error)) return true;
      fill(answers, failurePanel("The networks gave no answer.", error));
      this.#forgetFailed(error);
      return false;
    } finally {
      if (turn === this.#turn) {
        answers.removeAttribute("aria-busy");
        answers.dataset.turn = String(turn);
      }
    }
  }

  /** A worker that could not load is of no use; one that refused an image is. */
  #forgetFailed(error: unknown): void {
    if (!(error instanceof TaskError) || !["UNAVAILABLE", "DEFECT", "MEMORY"].includes(error.code)) return;
    this.#worker?.end();
    this.#worker = null;
  }

  #answers({ original, pruned, agreement, tookMs }: Answers): HTMLElement {
    const [best, now] = [original, pruned].map(({ outputs }) => outputs[0]?.top?.[0]?.label ?? null);
    const same = best === null ? null : best === now;
    const worst = Math.max(0, ...agreement.map(({ maxRel }) => maxRel));
    return element(
      "div",
      { "data-answers": this.#engine },
      element(
        "div",
        { class: "sides" },
        element("div", { "data-model": "original" }, element("h3", {}, "Original"), answerPanel(original)),
        element("div", { "data-model": "pruned" }, element("h3", {}, "Pruned"), answerPanel(pruned)),
      ),
      element(
        "p",
        { class: "note" },
        same === null ? "" : same ? "Both give the same answer. " : "The answers differ. ",
        `The largest difference is ${worst < 1e-3 ? formatDeviation(worst) : formatShare(worst)} of the original's largest output.`,
        this.#setting.times ? tookText(tookMs) : "",
      ),
    );
  }

  async #loaded(): Promise<TaskWorker<DemoTasks>> {
    if (this.#worker === null) {
      const worker = new TaskWorker<DemoTasks>(this.#setting.startWorker());
      const panel = progressPanel(LOADING, null);
      fill(byId("answers"), panel.root);
      this.#worker = worker;
      const request = { deployment: this.#deployment, base: document.baseURI, engine: this.#engine };
      this.#loading = worker.run("load", request, { onProgress: panel.show });
    }
    const worker = this.#worker;
    await this.#loading;
    return worker;
  }

  async #measure(): Promise<void> {
    const button = byId<HTMLButtonElement>("measure");
    const worker = this.#worker;
    if (worker === null) return;
    const stop = new AbortController();
    const panel = progressPanel(MEASURING, () => stop.abort());
    const place = byId("latency");
    fill(place, panel.root);
    button.disabled = true;
    try {
      fill(
        place,
        latencyPanel(await worker.run("measure", {}, { onProgress: panel.show, signal: stop.signal })),
      );
    } catch (error) {
      fill(
        place,
        isCancelled(error)
          ? element("p", { class: "note" }, "Cancelled.")
          : failurePanel("Not measured.", error),
      );
    } finally {
      button.disabled = false;
    }
  }
}

function tookText({ original, pruned }: Answers["tookMs"]): string {
  const [before, after] = formatTogether("ms", [original, pruned]);
  return ` One run each took ${before} and ${after}.`;
}

function isCancelled(error: unknown): boolean {
  return error instanceof TaskError && error.code === "ABORTED";
}
