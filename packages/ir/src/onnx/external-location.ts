// Where external data may lie: below the model's own folder, under a plain relative name. The text comes from the
// file, so everything that any platform takes for something else than plain names is refused.

import { EspalierError, quoteName } from "../errors.js";

/** ONNX Runtime keeps addresses of memory under this location; from a file it would be a pointer. */
const ADDRESS_MARKER = "_ORT_MEM_ADDR_";

/**
 * `location` without "." segments.
 * @throws EspalierError `EXTERNAL_PATH`
 */
export function plainLocation(location: string, value: string): string {
  const problem = problemOf(location);
  const segments = location.split("/").filter((segment) => segment !== ".");
  if (problem === null && segments.length > 0) return segments.join("/");
  throw new EspalierError("EXTERNAL_PATH", "External data is not below the model's folder", {
    value,
    expected: "a relative path of plain names",
    found: `${quoteName(location)} (${problem ?? "no file name"})`,
  });
}

function problemOf(location: string): string | null {
  if (location === "") return "empty";
  if (location.includes(ADDRESS_MARKER)) return "an address in memory";
  if (location.startsWith("/")) return "absolute";
  if (location.includes("\\")) return "a backslash";
  if (location.includes(":")) return "a drive letter, scheme or stream";
  if (hasControlCharacter(location)) return "a control character";
  for (const segment of location.split("/")) {
    if (segment === "..") return '".."';
    if (segment === "") return "an empty segment";
    // Windows drops these, so that two names would be one file.
    if (segment !== "." && /[. ]$/.test(segment)) return "a name that ends in a dot or space";
  }
  return null;
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++)
    if (text.charCodeAt(i) < 0x20 || text.charCodeAt(i) === 0x7f) return true;
  return false;
}
