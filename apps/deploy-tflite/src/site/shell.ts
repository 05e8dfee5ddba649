// The page as HTML, with a camera beside the place for images.

import { type Deployment, demoHtml } from "@espalier/page/node";
import { ENGINES, type TfliteEngineName } from "@espalier/runtime-tflite";

const LINKS = [
  ["index.html", "Demo"],
  ["report.html", "Report"],
  ["receipt.json", "Receipt"],
  ["metadata.json", "Metadata"],
] as const;

const CAMERA = `<div class="camera"><button type="button" id="camera-start">Use the camera</button><div id="camera" hidden><video id="video" muted playsinline aria-label="What the camera sees"></video><div class="controls"><button type="button" class="main" id="camera-take">Take this picture</button><button type="button" class="quiet" id="camera-stop">Stop</button></div></div><div id="camera-message" aria-live="polite"></div></div>`;

/** @param script address of the page's script, relative to it */
export function tflitePage(deployment: Deployment, script: string): string {
  const engines = Object.keys(deployment.engines) as TfliteEngineName[];
  const title = (engine: TfliteEngineName): string => `${ENGINES[engine].title} ${ENGINES[engine].version}`;
  return demoHtml(deployment, {
    script,
    links: LINKS,
    engines: engines.map((id) => ({ id, label: title(id) })),
    engine: engines[0] === undefined ? "" : title(engines[0]),
    beside: CAMERA,
  });
}
