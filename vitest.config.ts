import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/longest-first.mjs";
import { findChromium, findStrace } from "./scripts/system-tools.mjs";

// Tests read the packages' sources, so no build is needed before them. Whatever leaves vitest (a spawned
// command line, a worker, a notebook, a page) reads dist/: `npm test` builds first.
const source = "@espalier/source";

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    // What a test needs and npm cannot bring; empty where there is none: skip then, with describe.skipIf.
    env: { ESPALIER_CHROMIUM: findChromium() ?? "", ESPALIER_STRACE: findStrace() ?? "" },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.mjs"],
          testTimeout: 30_000,
          maxWorkers: 2,
          isolate: false, // nothing they import keeps a state; loading it once a worker is two thirds of their time
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/node/**/*.test.ts"],
          maxWorkers: 2,
          isolate: false, // as above; what a test keeps, it takes back
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Node tests that drive Chromium themselves through playwright-core; beside those of Node, so that no core is
        // left idle.
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/*.test.ts"],
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "quiet",
          include: ["test/browser/quiet/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
