import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { HOSTILE_NAMES } from "../samples/hostile.js";
import { small, unproven } from "../samples/receipts.js";
import { renderServicePage, type ServicePage } from "./service-page.js";

const times = { count: 12, p50Ms: 1.2, p90Ms: 2.5, p99Ms: 9 };

function pageWith(more: Partial<ServicePage> = {}): ServicePage {
  return {
    title: "model.onnx",
    receipt: small().receipt,
    sha256: "0".repeat(64),
    dense: false,
    inputs: [{ name: "image", type: "float32", shape: ["N", 3, 8, 8] }],
    outputs: [{ name: "logits", type: "float32", shape: ["", 10] }],
    calls: [{ what: "Raw", command: "curl -s http://127.0.0.1:8080/infer --data-binary @input.bin" }],
    ready: true,
    workers: 2,
    served: { all: times, recent: { ...times, count: 0, p50Ms: null, p90Ms: null, p99Ms: null } },
    buckets: [1, 1.5, 2, 3, 5].map((upToMs, i) => ({ upToMs, count: i * i })),
    ...more,
  };
}

describe("renderServicePage", () => {
  it("shows what the model takes and gives, and how to call it", () => {
    const { document } = parseHTML(renderServicePage(pageWith()));
    const text = document.body.textContent ?? "";
    for (const part of ["image", "N × 3 × 8 × 8", "any × 10", "curl -s http://127.0.0.1:8080/infer", "ready"])
      expect(text).toContain(part);
    expect(document.querySelectorAll("svg.plot rect")).toHaveLength(5);
  });

  it("claims a proof only where there is one", () => {
    expect(renderServicePage(pageWith())).toContain("proven equal");
    expect(renderServicePage(pageWith({ receipt: unproven().receipt }))).not.toContain("proven equal");
    expect(renderServicePage(pageWith({ dense: true }))).toContain("dense baseline");
  });

  it("holds no script and no markup of the model's, whatever the names", () => {
    for (const name of HOSTILE_NAMES) {
      const port = { name, type: "float32", shape: [name, 1] };
      const page = renderServicePage(
        pageWith({ title: name, inputs: [port], outputs: [port], calls: [{ what: name, command: name }] }),
      );
      const { document } = parseHTML(page);
      expect(document.querySelectorAll("script, img, iframe, object, embed, link, base, form")).toHaveLength(
        0,
      );
      for (const element of document.querySelectorAll("*"))
        for (const { name: attribute } of [...element.attributes]) expect(attribute).not.toMatch(/^on|^src/i);
      expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    }
  });

  it("has something to show before the first request, and while nothing is ready", () => {
    const none = { count: 0, p50Ms: null, p90Ms: null, p99Ms: null };
    const page = renderServicePage(
      pageWith({ ready: false, served: { all: none, recent: none }, buckets: [] }),
    );
    expect(page).toContain("Nothing yet");
    expect(page).toContain("not ready");
  });
});
