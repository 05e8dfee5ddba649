// Files of the deployment, from the page's own origin: counted while they come, and checked. A server whose start page
// answers everything is the usual mistake, and is named.

import { EspalierError, quoteName } from "@espalier/ir";
import { webHost } from "@espalier/runtime-web";
import type { DeployedModel } from "./deployment.js";

/** Nothing but networks and engines is larger. */
const MOST_SMALL = 16 * 1024 * 1024;

/** @throws EspalierError `UNAVAILABLE` naming what came instead; `MISMATCH` when it is another file */
export async function fetchModel(
  model: DeployedModel,
  url: string,
  onBytes: (done: number) => void,
): Promise<Uint8Array> {
  const bytes = await fetchBytes(url, model.size.raw, "the network", onBytes);
  const [expected, found] = await compared(model, bytes);
  if (found !== expected)
    throw new EspalierError("MISMATCH", "The server gave another network than the one that was deployed", {
      where: quoteName(url),
      expected,
      found,
      unblock: "Deploy the whole folder anew; caches on the way may be old.",
    });
  return bytes;
}

/**
 * What a network has to be, and what it is: its digest, or in a page over plain http, where browsers compute none, its size.
 * Who can change a network on the way there can change its digest as well.
 */
async function compared(
  { sha256, size }: DeployedModel,
  bytes: Uint8Array,
): Promise<readonly [string, string]> {
  if (globalThis.crypto?.subtle === undefined) return [`${size.raw} bytes`, `${bytes.byteLength} bytes`];
  return [sha256, await webHost().sha256(bytes)];
}

/** A card, a sample image, the description of the deployment. @param what "the input card" */
export function fetchSmallFile(url: string, what: string): Promise<Uint8Array> {
  return fetchBytes(url, MOST_SMALL, what, () => {});
}

async function fetchBytes(
  url: string,
  most: number,
  what: string,
  onBytes: (done: number) => void,
): Promise<Uint8Array> {
  const response = await fetch(url, { credentials: "same-origin" }).catch((cause) => {
    throw wrong(what, url, `nothing (${cause instanceof Error ? cause.message : String(cause)})`);
  });
  const type = response.headers.get("content-type") ?? "no content type";
  if (!response.ok) throw wrong(what, url, `nothing (status ${response.status})`);
  if (/text\/html/.test(type)) throw wrong(what, url, `HTML (status ${response.status}, ${type})`);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    done += read.value.byteLength;
    if (done > most) {
      await reader?.cancel();
      throw wrong(what, url, `more than ${most} bytes`);
    }
    chunks.push(read.value);
    onBytes(done);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function wrong(what: string, url: string, found: string): EspalierError {
  return new EspalierError("UNAVAILABLE", `Got ${found}, not ${what}, from ${quoteName(url)}`, {
    unblock: "Serve the whole folder as it was written, without a start page that answers everything.",
  });
}
