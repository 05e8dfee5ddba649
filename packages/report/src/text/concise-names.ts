// Shorter names for a list in which all of them are seen together: exporters repeat the operator at the
// end of every path ("/layer1/conv2/Conv_output_0#1"). The last step of the path goes where the rest still
// tells the names apart. Full names stay in hover texts and tables.

import { visibleName } from "./visible-text.js";

/** One printable name for each, in order; equal names stay equal. */
export function conciseNames(names: readonly string[]): string[] {
  const count = new Map<string, number>();
  const distinct = new Set(names);
  for (const name of distinct) count.set(withoutLastStep(name), (count.get(withoutLastStep(name)) ?? 0) + 1);
  return names.map((name) => {
    const short = withoutLastStep(name);
    const unique = short !== "" && count.get(short) === 1 && !distinct.has(short);
    return visibleName(unique ? short : name);
  });
}

function withoutLastStep(name: string): string {
  const at = name.lastIndexOf("/");
  return at > 0 ? name.slice(0, at) : "";
}
