// What came out: whether it is proven, what it saves, and the files to take along.

import { isUnavailable, type Receipt } from "@espalier/core";
import { element, latencyStrips } from "@espalier/page";
import {
  formatDeviation,
  formatNumberOf,
  formatQuantity,
  speedText,
  visibleText,
} from "@espalier/report/text";
import { tile } from "../dom/tile.js";
import type { Downloads } from "./downloads.js";
import type { PrunedModel } from "./tasks.js";

export function resultPanel({ receipt, files }: PrunedModel, downloads: Downloads): HTMLElement {
  const { artefact, size, macs, params } = receipt;
  return element(
    "div",
    { class: "result", "data-result": artefact === null ? "nothing" : "pruned" },
    artefact === null ? nothing(receipt) : proof(receipt),
    artefact !== null &&
      element(
        "div",
        { class: receipt.latency === null ? "tiles three" : "tiles" },
        receipt.latency !== null && latencyTile(receipt.latency),
        tile({ label: "MACs", quantity: "count", before: macs.before, after: macs.after }),
        tile({ label: "Params", quantity: "count", before: params.before, after: params.after }),
        size.before.gzip !== null && size.after.gzip !== null
          ? tile({
              label: "Download, gzip",
              quantity: "bytes",
              before: size.before.gzip,
              after: size.after.gzip,
            })
          : tile({ label: "File", quantity: "bytes", before: size.before.raw, after: size.after.raw }),
      ),
    strips(receipt),
    element(
      "ul",
      { class: "downloads" },
      ...files.map((file) =>
        element(
          "li",
          {},
          element(
            "a",
            { class: file.role === "model" ? "button main" : "button", ...downloads.attributes(file) },
            `Download ${downloads.nameOf(file)}`,
          ),
          element("span", { class: "note" }, ` ${formatQuantity("bytes", file.blob.size)}`),
        ),
      ),
    ),
    element(
      "p",
      { class: "note" },
      "The network was not trained afterwards; its accuracy is what remains. With all files in one folder, under the names that the receipt lists, ",
      element("code", {}, "espalier verify FOLDER --source YOUR.onnx"),
      " runs every claim again.",
    ),
  );
}

function proof({ parity, artefact }: Receipt): HTMLElement {
  if (parity === null || isUnavailable(parity))
    return element("p", { class: "lead" }, "Pruned, but not proven.");
  return element(
    "p",
    { class: "lead", "data-parity": parity.maxRel <= parity.tolerance ? "holds" : "fails" },
    `Proven: over ${formatNumberOf(parity.inputs, "random input")} the pruned network computes what the original computes with the same units switched off, to ${formatDeviation(parity.maxRel)} (passes up to ${formatDeviation(parity.tolerance)}). `,
    element("span", { class: "note" }, `sha256 ${artefact?.sha256.slice(0, 16)}…`),
  );
}

function nothing({ refused, parity }: Receipt): HTMLElement {
  const why = parity !== null && isUnavailable(parity) ? parity : null;
  const last = refused.at(-1);
  return element(
    "div",
    { class: "failure", role: "alert", "data-code": why?.unavailable ?? "NOTHING" },
    element("p", { class: "what" }, element("strong", {}, "Nothing was pruned.")),
    why !== null && element("p", {}, visibleText(why.unblock)),
    last !== undefined && element("p", {}, visibleText(last.reason), " ", visibleText(last.unblock)),
  );
}

function latencyTile(latency: NonNullable<Receipt["latency"]>): HTMLElement {
  const known = isUnavailable(latency) ? null : latency;
  return tile({
    label: "Latency, this browser",
    quantity: "ms",
    before: known?.before.medianMs ?? null,
    after: known?.after.medianMs ?? null,
    change: isUnavailable(latency) ? visibleText(latency.unblock, 120) : speedText(latency.speedup),
  });
}

function strips({ latency }: Receipt): SVGSVGElement | null {
  if (latency === null || isUnavailable(latency)) return null;
  return latencyStrips([
    { label: "original", statistics: latency.before, color: "var(--removed-line)" },
    { label: "pruned", statistics: latency.after, color: "var(--kept)" },
  ]);
}
