// One page in a Chromium, driven from here: its workers look like workers of this process. When the page
// crashes its workers fail, and the next one gets a new page.

import type { Browser, Page } from "playwright-core";
import type { Relay } from "../page/relay.js";
import { decodeMessage, encodeMessage } from "../page/wire.js";
import type { Message, Reply, Request } from "../worker/messages.js";
import type { WorkerLike } from "../worker/worker-like.js";
import type { PageSite } from "./page-site.js";

type MessageListener = (event: { readonly data: Message<Reply> }) => void;
type ErrorListener = (event: { readonly message?: string }) => void;

/** Where the page finds the script that starts a worker, and the module it loads, which workers share. */
export interface WorkerPaths {
  readonly script: string;
  readonly wasm: string;
}

export class DrivenPage {
  readonly #browser: Browser;
  readonly #site: PageSite;
  readonly #workers = new Set<DrivenWorker>();
  #page: Promise<Page> | null = null;
  #ids = 0;

  constructor(browser: Browser, site: PageSite) {
    this.#browser = browser;
    this.#site = site;
    browser.once("disconnected", () => this.#lost("the browser ended"));
  }

  startWorker(paths: WorkerPaths): WorkerLike {
    const worker: DrivenWorker = new DrivenWorker({
      id: `w${++this.#ids}`,
      paths,
      site: this.#site,
      page: () => this.page(),
      ended: () => this.#workers.delete(worker),
    });
    this.#workers.add(worker);
    return worker;
  }

  async facts(): Promise<ReturnType<Relay["facts"]>> {
    return callRelay(await this.page(), "facts");
  }

  async findWebGpu(): ReturnType<Relay["findWebGpu"]> {
    return callRelay(await this.page(), "findWebGpu");
  }

  page(): Promise<Page> {
    this.#page ??= this.#open();
    return this.#page;
  }

  async #open(): Promise<Page> {
    const page = await this.#browser.newPage();
    page.once("crash", () => this.#lost("the page crashed, most often for lack of memory"));
    await page.goto(this.#site.url);
    await page.waitForFunction(() => "espalierRelay" in globalThis);
    return page;
  }

  #lost(message: string): void {
    const page = this.#page;
    this.#page = null;
    for (const worker of this.#workers) worker.fail(message);
    page?.then((one) => one.close()).catch(() => {});
  }
}

interface DrivenWorkerOptions {
  readonly id: string;
  readonly paths: WorkerPaths;
  readonly site: PageSite;
  readonly page: () => Promise<Page>;
  readonly ended: () => void;
}

class DrivenWorker implements WorkerLike {
  readonly #options: DrivenWorkerOptions;
  readonly #messageListeners: MessageListener[] = [];
  readonly #errorListeners: ErrorListener[] = [];
  /** What was asked of the page so far; done in order. */
  #queue: Promise<unknown>;
  #over = false;

  constructor(options: DrivenWorkerOptions) {
    this.#options = options;
    const { id, paths, site } = options;
    site.listen(id, (kind, body) => {
      if (this.#over) return;
      if (kind === "error") return this.fail(new TextDecoder().decode(body));
      const data = decodeMessage<Reply>(body);
      for (const listener of this.#messageListeners) listener({ data });
    });
    this.#queue = this.#call("open", paths.script, paths.wasm);
  }

  postMessage(message: Message<Request>): void {
    const bytes = encodeMessage(message);
    this.#queue = this.#queue.then(() => this.#call("post", this.#options.site.offer(bytes)));
  }

  addEventListener(type: "message", listener: MessageListener): void;
  addEventListener(type: "error", listener: ErrorListener): void;
  addEventListener(type: "message" | "error", listener: MessageListener | ErrorListener): void {
    if (type === "message") this.#messageListeners.push(listener as MessageListener);
    else this.#errorListeners.push(listener as ErrorListener);
  }

  terminate(): void {
    if (this.#over) return;
    const { id, site, ended } = this.#options;
    this.#over = true;
    site.listen(id, null);
    ended();
    void this.#queue.then(() => this.#call("terminate"));
  }

  /** Tells the listeners that the worker broke down. */
  fail(message: string): void {
    if (this.#over) return;
    for (const listener of this.#errorListeners) listener({ message });
  }

  /** Calls the relay; a failure is the worker's. */
  async #call(method: "open" | "post" | "terminate", ...rest: string[]): Promise<void> {
    try {
      await callRelay(await this.#options.page(), method, this.#options.id, ...rest);
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }
}

async function callRelay<Method extends keyof Relay>(
  page: Page,
  method: Method,
  ...args: string[]
): Promise<Awaited<ReturnType<Relay[Method]>>> {
  const called = page.evaluate(
    ({ method, args }) => {
      const { espalierRelay } = globalThis as unknown as {
        readonly espalierRelay: Record<string, (...args: string[]) => unknown>;
      };
      return espalierRelay[method]?.(...args);
    },
    { method, args },
  );
  return (await called) as Awaited<ReturnType<Relay[Method]>>;
}
