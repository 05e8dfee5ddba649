import { describe, expect, it } from "vitest";
import { hostingFiles } from "./hosting.js";
import { POLICY, policyOf } from "./policy.js";

const files = hostingFiles();

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
});

describe("policyOf", () => {
  it("gives pages and their workers the same policy, and files none", () => {
    expect(policyOf("prune.html")).toContain(POLICY);
    expect(policyOf("assets/prune-worker-abc.js")).toContain(POLICY);
    expect(policyOf("report.html")).not.toContain("script-src");
    expect(policyOf("model.onnx")).toBeNull();
  });
});
