// What is wrong with a file of the engine that did not load. The engine itself only reports a bad magic word;
// nearly always a server answered with its start page instead of the file.

import type { AssetFailure } from "./messages.js";

const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** Fetches `url` and looks at its status and first bytes; null when it is what it should be. */
export async function assetFailure(
  url: string,
  expected: AssetFailure["expected"],
): Promise<AssetFailure | null> {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    const found = await describeResponse(response, expected);
    return found === null ? null : { url, expected, found };
  } catch (error) {
    return { url, expected, found: `nothing (${error instanceof Error ? error.message : String(error)})` };
  }
}

async function describeResponse(
  response: Response,
  expected: AssetFailure["expected"],
): Promise<string | null> {
  if (!response.ok) return `nothing (status ${response.status})`;
  const start = await firstBytes(response);
  const type = response.headers.get("content-type") ?? "no content type";
  const status = `(status ${response.status}, ${type})`;
  if (start.byteLength === 0) return `an empty file ${status}`;
  if (isHtml(start)) return `HTML ${status}`;
  if (expected === "wasm") {
    const magic = WASM_MAGIC.every((byte, i) => start[i] === byte);
    return magic ? null : `something else ${status}`;
  }
  return /javascript|ecmascript/.test(type) ? null : `something else ${status}`;
}

async function firstBytes(response: Response): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return first?.value ?? new Uint8Array(0);
}

function isHtml(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  return (
    text.startsWith("<!doctype") ||
    text.startsWith("<html") ||
    text.startsWith("<head") ||
    text.startsWith("<!--")
  );
}
