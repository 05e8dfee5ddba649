// Counts vitest's JSON report by project. A file that could not be loaded, a missing report and an error outside
// any test count as one failure each, so that a count of 0 failed always means a green run.

/**
 * @typedef {{ status: string, fullName: string }} Assertion
 * @typedef {{ name: string, status: string, assertionResults: Assertion[] }} TestFile
 * @typedef {{ name: string, passed: number, failed: number, skipped: number }} Count
 */

/**
 * @param {{ testResults: TestFile[] } | undefined} report
 * @param {number} exitStatus vitest's own
 * @param {(file: string) => string} localName path from the repository root
 * @returns {{ projects: Count[], failed: string[], skipped: string[] }}
 */
export function countVitest(report, exitStatus, localName) {
  const projects = ["unit", "node", "browser"].map((name) => ({ name, passed: 0, failed: 0, skipped: 0 }));
  const failed = [];
  const skipped = [];
  for (const file of report?.testResults ?? []) {
    const path = localName(file.name);
    const project = /^test\/(node|browser)\//.exec(path)?.[1] ?? "unit";
    const count = /** @type {Count} */ (projects.find(({ name }) => name === project));
    for (const { status, fullName } of file.assertionResults) {
      if (status === "passed") {
        count.passed++;
      } else if (status === "failed") {
        count.failed++;
        failed.push(`${path}: ${fullName}`);
      } else {
        count.skipped++;
        skipped.push(`${path}: ${fullName}`);
      }
    }
    if (file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed")) {
      count.failed++;
      failed.push(`${path}: the file could not be run`);
    }
  }
  if (exitStatus !== 0 && failed.length === 0) {
    projects.push({ name: "vitest", passed: 0, failed: 1, skipped: 0 });
    failed.push(report ? "vitest: an error outside any test" : "vitest: no report was written");
  }
  return { projects, failed, skipped };
}
