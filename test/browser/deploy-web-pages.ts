// Drives the two pages of deploy-web as their visitors do, and watches what they ask for.

import type { BrowserContext, Page } from "playwright-core";

export interface OpenedPage {
  readonly page: Page;
  /** Uncaught errors, and what the policy refused. */
  readonly errors: string[];
  /** Addresses outside of the page's own origin. */
  readonly elsewhere: string[];
}

/** Opens a page and waits until its script has taken over. */
export async function openPage(browser: BrowserContext, url: string): Promise<OpenedPage> {
  const page = await browser.newPage();
  const errors: string[] = [];
  const elsewhere: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => {
    const { origin } = new URL(url);
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !asked.startsWith(`blob:${origin}/`)) elsewhere.push(asked);
  });
  await page.goto(url);
  await page.waitForSelector("body[data-ready]");
  return { page, errors, elsewhere };
}

export interface Shown {
  readonly label: string;
  readonly value: number;
}

/** The classes that the demo shows for one of the two networks. */
export async function shownClasses(page: Page, model: "original" | "pruned"): Promise<Shown[]> {
  const classes = page.locator(`#answers [data-model="${model}"] .classes li`);
  return classes.evaluateAll((all) =>
    all.map((one) => ({
      label: one.getAttribute("data-label") ?? "",
      value: Number(one.getAttribute("data-value")),
    })),
  );
}

/** Picks the sample and waits for its answers. */
export async function pickSample(page: Page, at: number): Promise<void> {
  const before = await page.getAttribute("#answers", "data-turn");
  await page.locator(".sample").nth(at).click();
  await page.waitForFunction(
    (before) => document.getElementById("answers")?.getAttribute("data-turn") !== before,
    before,
  );
}

/** Drops files and waits until the network can be pruned, or is refused; gives the code of the refusal. */
export async function dropNetwork(page: Page, ...files: readonly string[]): Promise<string | null> {
  await page.setInputFiles("#file", [...files]);
  await page.waitForSelector("#choice:not([hidden]) .tile, #model .failure");
  const failure = page.locator("#model .failure");
  return (await failure.count()) === 0 ? null : failure.getAttribute("data-code");
}

/** Prunes and waits for the end. */
export async function prune(
  page: Page,
  { ratio = 0.5, measure = false }: { readonly ratio?: number; readonly measure?: boolean } = {},
): Promise<void> {
  await page.fill("#ratio", String(ratio));
  await page.setChecked("#measure", measure);
  await page.click("#choices button[type=submit]");
  await page.waitForSelector("#result [data-result], #result .failure");
}
