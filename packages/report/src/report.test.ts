import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { renderReport } from "./report.js";
import { HOSTILE_NAMES, hostile } from "./samples/hostile.js";
import { planned } from "./samples/planned.js";
import { manyGroups, nothingPruned, resnet50, small, unproven, unstable } from "./samples/receipts.js";
import { VIEWS } from "./views/all.js";

const SAMPLES = { small, planned, resnet50, manyGroups, unstable, nothingPruned, unproven, hostile };
const pages = Object.entries(SAMPLES).map(([name, make]) => [name, renderReport(make())] as const);
const pageOf = (name: keyof typeof SAMPLES): string => pages.find(([key]) => key === name)?.[1] as string;

describe("renderReport", () => {
  it.each(pages)("%s: holds every view, no script, no handler, no address outside", (name, page) => {
    const { document } = parseHTML(page);
    for (const view of VIEWS.filter((one) => one.shown === undefined || name === "planned"))
      expect(document.querySelector(`section#${view.id} .body`)?.textContent?.trim()).not.toBe("");
    expect(page).not.toMatch(/<script/i);
    expect(
      document.querySelectorAll(
        "script, img, iframe, object, embed, link, base, form, image, use, foreignObject",
      ),
    ).toHaveLength(0);
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        expect(name).not.toMatch(/^on|^src|^xlink/i);
        if (name === "href") expect(value).toMatch(/^#[\w-]+$/);
      }
    }
    for (const style of document.querySelectorAll("style"))
      expect(style.textContent).not.toMatch(/url\(|@import|expression/i);
  });

  it.each(pages)("%s: is closed element by element", (_, page) => {
    const open: string[] = [];
    const markup = page.replace(/<style>[\s\S]*?<\/style>/g, "").replace("<!doctype html>", "");
    for (const [, closing, tag = "", rest = ""] of markup.matchAll(
      /<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^>"])*)>/g,
    )) {
      if (closing === "/") expect(open.pop()).toBe(tag);
      else if (!rest.endsWith("/") && !["meta", "input", "br"].includes(tag)) open.push(tag);
    }
    expect(open).toEqual([]);
  });

  it("states a content security policy that allows nothing but its own style", () => {
    const policy = parseHTML(pageOf("small"))
      .document.querySelector("meta[http-equiv]")
      ?.getAttribute("content");
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  });

  it("never lets two elements share an id", () => {
    const ids = [...parseHTML(pageOf("resnet50")).document.querySelectorAll("[id]")].map(
      (element) => element.id,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("gives the same page for the same input", () => {
    expect(renderReport(resnet50())).toBe(pageOf("resnet50"));
  });

  it("stays below a megabyte at the size of ResNet-50, and for sixty groups and hostile names", () => {
    for (const [, page] of pages) expect(new TextEncoder().encode(page).length).toBeLessThan(1_000_000);
  });

  it("stays bounded however much the receipt lists", () => {
    const input = small();
    const { receipt } = input;
    const many = <T>(rows: readonly T[]): T[] =>
      Array.from({ length: 5000 }, (_, i) => rows[i % rows.length] as T);
    const page = renderReport({
      ...input,
      receipt: {
        ...receipt,
        widths: many(receipt.widths),
        costs: many(receipt.costs),
        refused: many(receipt.refused),
        files: many(receipt.files),
        cleanups: many(receipt.cleanups),
      },
    });
    expect(page.length).toBeLessThan(2_000_000);
  });

  it("shows hostile names as text, never as markup, and leaves no invisible character", () => {
    const page = pageOf("hostile");
    expect(page).not.toMatch(/<img|<svg\/onload|<\/style><style>\*/i);
    expect(page).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(page.length).toBeLessThan(HOSTILE_NAMES.join("").length * 5);
  });

  it("claims no speed without a stable measurement", () => {
    expect(pageOf("unstable")).not.toMatch(/× faster/);
    expect(pageOf("unstable")).toContain("Speed undecided");
    expect(pageOf("unproven")).not.toMatch(/× faster/);
  });

  it("says what blocked and what would unblock when nothing was pruned", () => {
    const text = parseHTML(pageOf("nothingPruned")).document.querySelector("#verdict")?.textContent ?? "";
    expect(text).toContain("Nothing could be pruned as asked");
    expect(text).toContain("QUANTISED");
    expect(text).toContain("Unblock: Prune the float model first, then quantise.");
    expect(text).toContain("--dim height=640");
    expect(text).not.toMatch(/× faster|% smaller/);
  });

  it("shows staircase, frontier and sensitivity only where there are such data", () => {
    const ids = ["staircase", "frontier", "sensitivity"];
    const links = (page: string) =>
      [...parseHTML(page).document.querySelectorAll("nav a")].map((link) => link.getAttribute("href"));
    for (const id of ids) {
      expect(pageOf("small")).not.toContain(`id="${id}"`);
      expect(links(pageOf("small"))).not.toContain(`#${id}`);
      expect(links(pageOf("planned"))).toContain(`#${id}`);
    }
  });

  it("works without plan and graph", () => {
    expect(renderReport({ ...small(), plan: null, graph: null })).toContain("there is no graph to draw");
  });
});
