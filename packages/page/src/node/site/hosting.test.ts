import { describe, expect, it } from "vitest";
import { hostingFiles } from "./hosting.js";
import { EVALUATING_POLICY, POLICY, policyOf } from "./policy.js";

const files = hostingFiles(["index.html", "prune.html", "assets/a.js", "evaluating/tfjs/a.js", "style.css"]);

describe("hostingFiles", () => {
  it("says everywhere what threads need", () => {
    for (const [name, text] of Object.entries(files)) {
      expect(text, name).toContain("cross-origin-opener-policy");
      expect(text, name).toContain("require-corp");
      expect(text, name).toContain("wasm-unsafe-eval");
    }
    expect(JSON.parse(files["vercel.json"] ?? "").headers[0].source).toBe("/(.*)");
  });

  it("leaves the report its style where rules add up", () => {
    const blocks = (files._headers ?? "").split(/\n(?=\/)/);
    const forReport = blocks.filter((block) => /^\/(\*|report\.html)\n/.test(block)).join("\n");
    expect(forReport.match(/content-security-policy/g)).toHaveLength(1);
    expect(forReport).toContain("style-src 'unsafe-inline'");
  });

  it("names every page, and lets one folder alone make functions from text", () => {
    expect(files._headers).toMatch(/^\/prune\.html\n {2}content-security-policy: default-src 'none'/m);
    for (const [name, text] of Object.entries(files)) {
      expect(text.split(" 'unsafe-eval'"), name).toHaveLength(2);
      expect(text.slice(0, text.indexOf(" 'unsafe-eval'")), name).toMatch(/\/evaluating\/[^/]*$/);
      expect(hostingFiles(["index.html", "assets/a.js"])[name], name).not.toContain(" 'unsafe-eval'");
    }
  });
});

describe("policyOf", () => {
  it("gives pages and their workers the same policy, and files none", () => {
    expect(policyOf("prune.html")).toContain(POLICY);
    expect(policyOf("assets/prune-worker-abc.js")).toContain(POLICY);
    expect(policyOf("report.html")).not.toContain("script-src");
    expect(policyOf("model.onnx")).toBeNull();
  });

  it("lets the workers of one folder make functions from text", () => {
    expect(policyOf("evaluating/tfjs/worker-abc.js")).toContain(EVALUATING_POLICY);
    expect(EVALUATING_POLICY).toContain("script-src 'self' 'unsafe-eval';");
    expect(policyOf("assets/evaluating/a.js")).toContain(POLICY);
  });
});
