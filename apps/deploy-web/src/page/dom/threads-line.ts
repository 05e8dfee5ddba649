// How this page computes: engine, threads, and the reason where there is only one.

import { element } from "@espalier/page";
import type { WebRuntimeCapabilities } from "@espalier/runtime-web";

export function threadsLine({
  engine,
  threads,
  crossOriginIsolated,
  threadsNote,
}: WebRuntimeCapabilities): HTMLElement {
  const facts = [
    engine === "wasm" ? "WebAssembly" : "WebGPU",
    threads === 1 ? "1 thread" : `${threads} threads`,
    crossOriginIsolated ? "isolated from other origins" : "not isolated",
  ];
  return element(
    "p",
    { class: "note threads" },
    facts.join(" · "),
    threadsNote !== null && element("span", { class: "why" }, ` (${threadsNote})`),
  );
}
