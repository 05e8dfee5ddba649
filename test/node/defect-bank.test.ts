// That the defects of the bank still apply and their tests exist. `npm run defects` plants them all.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFECTS } from "../defects/defect-bank.js";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe("the defect bank", () => {
  it.each(DEFECTS.map((defect) => [defect.name, defect] as const))("still applies: %s", (_, defect) => {
    const { file, search, replace, test } = defect;
    expect(readFileSync(at(file), "utf8").split(search)).toHaveLength(2);
    expect(replace).not.toBe(search);
    expect(existsSync(at(test[0]))).toBe(true);
    const [, , name] = test;
    if (name !== undefined) expect(readFileSync(at(test[0]), "utf8")).toContain(name);
  });

  it("is as large as docs/reliability.md says of the run that is committed, which found all", () => {
    const { planted, caught } = JSON.parse(readFileSync(at("test/defects/result.json"), "utf8"));
    const [, said] = /(\d+) defects are planted/.exec(readFileSync(at("docs/reliability.md"), "utf8")) ?? [];
    expect([Number(said), caught]).toEqual([planted, planted]);
  });

  it("names every defect once", () => {
    expect(new Set(DEFECTS.map(({ name }) => name)).size).toBe(DEFECTS.length);
  });
});
