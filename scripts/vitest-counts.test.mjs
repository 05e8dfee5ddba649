import { describe, expect, it } from "vitest";
import { countVitest } from "./vitest-counts.mjs";

/** @param {string} name @param {string} status @param {string[]} statuses */
const file = (name, status, ...statuses) => ({
  name,
  status,
  assertionResults: statuses.map((s, i) => ({ status: s, fullName: `t${i}` })),
});
/** @param {Parameters<typeof countVitest>[0]} report @param {number} exitStatus */
const count = (report, exitStatus) => countVitest(report, exitStatus, (name) => name);

describe("countVitest", () => {
  it("counts passed, failed and skipped tests by project", () => {
    const report = {
      testResults: [
        file("packages/ir/src/a.test.ts", "passed", "passed", "passed", "skipped"),
        file("test/node/b.test.ts", "failed", "passed", "failed"),
        file("test/browser/c.test.ts", "passed", "pending", "todo"),
      ],
    };
    expect(count(report, 1)).toEqual({
      projects: [
        { name: "unit", passed: 2, failed: 0, skipped: 1 },
        { name: "node", passed: 1, failed: 1, skipped: 0 },
        { name: "browser", passed: 0, failed: 0, skipped: 2 },
      ],
      failed: ["test/node/b.test.ts: t1"],
      skipped: ["packages/ir/src/a.test.ts: t2", "test/browser/c.test.ts: t0", "test/browser/c.test.ts: t1"],
    });
  });

  it("counts a file that could not be loaded as one failure", () => {
    const { projects, failed } = count({ testResults: [file("test/node/b.test.ts", "failed")] }, 1);
    expect(projects[1]).toEqual({ name: "node", passed: 0, failed: 1, skipped: 0 });
    expect(failed).toEqual(["test/node/b.test.ts: the file could not be run"]);
  });

  it("counts a missing report and an error outside any test as a failure", () => {
    expect(count(undefined, 1).failed).toHaveLength(1);
    expect(count({ testResults: [file("x.test.ts", "passed", "passed")] }, 1).failed).toHaveLength(1);
  });
});
