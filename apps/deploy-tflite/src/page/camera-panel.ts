// The camera on the page: frame after frame is answered while it runs, until a picture is taken or it is stopped.

import { byId, type DemoPage, drawImage, element, fill } from "@espalier/page";
import { type Camera, CameraError, type CameraTrouble, type Frames } from "./camera.js";

const MESSAGES: Readonly<Record<CameraTrouble, string>> = {
  insecure:
    "Browsers give cameras to secure pages only: serve this one over https, or open it as localhost on this machine.",
  denied: "The camera was not allowed. Allow it in the settings that the address bar shows, and try again.",
  missing: "There is no camera here.",
  busy: "The camera cannot be read; another program may be using it.",
  failed: "The camera does not give a picture.",
};
const OTHERWISE = "Images from files work as they are.";

export function cameraPanel(camera: Camera, page: DemoPage): void {
  const start = byId<HTMLButtonElement>("camera-start");
  const video = byId<HTMLVideoElement>("video");
  const canvas = byId<HTMLCanvasElement>("picture");
  let frames: Frames | null = null;
  const show = (running: boolean): void => {
    byId("camera").hidden = !running;
    start.hidden = running;
  };
  const guarded = (work: () => Promise<void>): void => {
    fill(byId("camera-message"));
    work().catch((error) => {
      camera.stop();
      fill(byId("camera-message"), trouble(error));
    });
  };
  camera.onStop = () => show(false);
  start.addEventListener("click", () =>
    guarded(async () => {
      start.disabled = true;
      try {
        frames = await camera.start(video);
      } finally {
        start.disabled = false;
      }
      if (frames === null) return;
      show(true);
      canvas.hidden = true;
      await answerFrames(frames, camera, page);
    }),
  );
  byId("camera-take").addEventListener("click", () =>
    guarded(async () => {
      // The frame of this moment becomes the page's image.
      const frame = (await frames?.()) ?? null;
      camera.stop();
      if (frame === null) return;
      await drawImage(frame, canvas);
      await page.run(frame);
    }),
  );
  byId("camera-stop").addEventListener("click", () => camera.stop());
}

/** One frame at a time, each as soon as the last is answered. */
async function answerFrames(frames: Frames, camera: Camera, page: DemoPage): Promise<void> {
  let last: ImageBitmap | null = null;
  for (let frame = await frames(); frame !== null; frame = await frames()) {
    const answered = await page.run(frame, { live: true });
    last?.close(); // the page keeps the latest
    last = frame;
    if (!answered) camera.stop();
    await new Promise(requestAnimationFrame);
  }
}

function trouble(error: unknown): HTMLElement {
  const code = error instanceof CameraError ? error.trouble : "failed";
  return element(
    "div",
    { class: "failure", role: "alert", "data-camera": code },
    element("p", {}, MESSAGES[code], " ", OTHERWISE),
  );
}
