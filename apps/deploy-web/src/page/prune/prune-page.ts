// The page on which a dropped network is pruned in the tab: reading, choosing, pruning, taking along. All of the work
// is done in one worker for each network; it is ended when the work is over or cancelled, and opened anew from the
// file when the user goes on.

import type { ProgressListener } from "@espalier/core";
import {
  byId,
  element,
  failurePanel,
  fill,
  listenForFiles,
  progressPanel,
  type Step,
  TaskError,
  TaskWorker,
} from "@espalier/page";
import { webRuntime } from "@espalier/runtime-web";
import { threadsLine } from "../dom/threads-line.js";
import { type ChoiceForm, choiceForm } from "./choice-form.js";
import { dimensionForm } from "./dimension-form.js";
import { Downloads } from "./downloads.js";
import { type GroupTable, groupTable } from "./group-table.js";
import { modelFacts } from "./model-facts.js";
import { resultPanel } from "./result-panel.js";
import type { OpenedModel, OpenRequest, PruneRequest, PruneTasks } from "./tasks.js";

const LABELS: Readonly<Record<string, string>> = {
  groups: "Finding out what hangs together",
  slice: "Cutting",
  parity: "Comparing with the original",
  "measuring latency": "Measuring latency",
  files: "Packing the files",
};

export class PrunePage {
  readonly #downloads = new Downloads();
  #worker: TaskWorker<PruneTasks> | null = null;
  /** When the worker holds the network. */
  #opening: Promise<OpenedModel> | null = null;
  #request: OpenRequest | null = null;
  #form: ChoiceForm | null = null;
  #table: GroupTable | null = null;
  /** A prediction is on its way; another was asked for meanwhile. */
  #predicting = false;
  #stale = false;

  start(): void {
    const zone = byId("drop");
    const input = byId<HTMLInputElement>("file");
    listenForFiles({ zone, input }, (files) => void this.#open({ files, dims: {} }));
    fill(byId("engine"), threadsLine(webRuntime().capabilities));
    document.body.dataset.ready = "true";
  }

  async #open(request: OpenRequest): Promise<void> {
    this.#endWorker();
    this.#request = request;
    this.#form = null;
    this.#clearResult();
    for (const id of ["groups", "choice"]) this.#show(id, false);
    const panel = progressPanel([{ phase: "read", label: "Reading the network" }], () =>
      this.#cancelOpening(),
    );
    fill(byId("model"), panel.root);
    this.#show("network", true);
    const heading = byId("network-name");
    fill(heading, request.files.map(({ name }) => name).join(", "));
    const worker = this.#startWorker(request, panel.show);
    try {
      const opened = await this.#opening;
      if (opened !== null && worker === this.#worker) this.#opened(opened, request);
    } catch (error) {
      if (worker !== this.#worker) return; // another file was dropped meanwhile
      this.#endWorker();
      fill(byId("model"), failurePanel("The network cannot be read.", error));
    }
  }

  #opened(opened: OpenedModel, request: OpenRequest): void {
    fill(byId("network-name"), opened.name);
    fill(byId("model"), ...modelFacts(opened));
    if (opened.unbound.length > 0) {
      byId("model").append(
        dimensionForm(
          opened.unbound,
          (dims) => void this.#open({ ...request, dims: { ...request.dims, ...dims } }),
        ),
      );
    }
    this.#table = groupTable(opened);
    fill(byId("group-list"), this.#table.root);
    this.#show("groups", true);
    if (
      opened.unbound.length > 0 ||
      opened.groups.every(({ frozen }) => frozen !== null && frozen.code !== "INEXACT")
    ) {
      this.#endWorker();
      return;
    }
    this.#form = choiceForm(
      opened,
      () => void this.#predict(),
      (asked) => void this.#prune(asked),
    );
    fill(byId("choices"), this.#form.root);
    this.#show("choice", true);
    void this.#predict();
  }

  /** The latest choice wins; those in between are skipped. */
  async #predict(): Promise<void> {
    if (this.#form === null) return;
    if (this.#predicting) {
      this.#stale = true;
      return;
    }
    this.#predicting = true;
    try {
      const worker = await this.#openWorker();
      const prediction = await worker.run("predict", this.#form.choice());
      this.#form?.show(prediction);
      this.#table?.show(prediction);
    } catch (error) {
      if (!isCancelled(error)) this.#fail("The choice cannot be worked out.", error);
    } finally {
      this.#predicting = false;
    }
    if (!this.#stale) return;
    this.#stale = false;
    await this.#predict();
  }

  async #prune(request: PruneRequest): Promise<void> {
    const form = this.#form;
    if (form === null) return;
    this.#clearResult();
    form.enable(false);
    const panel = progressPanel(stepsOf(request), () => this.#endWorker());
    this.#show("outcome", true);
    fill(byId("result"), panel.root);
    try {
      const worker = await this.#openWorker();
      const pruned = await worker.run("prune", request, { onProgress: panel.show });
      fill(byId("result"), resultPanel(pruned, this.#downloads));
    } catch (error) {
      if (form === this.#form) this.#fail("The network was not pruned.", error);
    } finally {
      form.enable(true);
      if (form === this.#form) this.#endWorker();
    }
  }

  #fail(heading: string, error: unknown): void {
    this.#show("outcome", true);
    fill(
      byId("result"),
      isCancelled(error)
        ? element(
            "p",
            { class: "note", "data-result": "cancelled", role: "status" },
            "Cancelled. Nothing was changed.",
          )
        : failurePanel(heading, error),
    );
  }

  #clearResult(): void {
    this.#downloads.clear();
    fill(byId("result"));
    this.#show("outcome", false);
  }

  /** The worker that holds the network; opened anew from the file after the last one was ended. */
  async #openWorker(): Promise<TaskWorker<PruneTasks>> {
    if (this.#request === null) throw new Error("no network was dropped");
    const worker = this.#worker ?? this.#startWorker(this.#request);
    await this.#opening;
    return worker;
  }

  #startWorker(request: OpenRequest, onProgress?: ProgressListener): TaskWorker<PruneTasks> {
    const script = new Worker(new URL("./prune-worker.js", import.meta.url), { type: "module" });
    const worker = new TaskWorker<PruneTasks>(script);
    this.#worker = worker;
    this.#opening = worker.run("open", request, onProgress === undefined ? {} : { onProgress });
    return worker;
  }

  #cancelOpening(): void {
    this.#endWorker();
    this.#show("network", false);
  }

  #endWorker(): void {
    this.#worker?.end();
    this.#worker = null;
    this.#opening = null;
  }

  #show(id: string, shown: boolean): void {
    byId(id).hidden = !shown;
  }
}

function stepsOf({ measure }: PruneRequest): Step[] {
  return Object.entries(LABELS)
    .filter(([phase]) => measure || phase !== "measuring latency")
    .map(([phase, label]) => ({ phase, label }));
}

function isCancelled(error: unknown): boolean {
  return error instanceof TaskError && error.code === "ABORTED";
}
