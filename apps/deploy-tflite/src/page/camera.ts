// A camera of this machine: its stream in a video element, single frames out of it. What it sees stays in the tab, and it
// is let go of as soon as nothing needs it: when stopped, when the tab is hidden or left, when it is pulled out.

/** Why there is no picture. */
export type CameraTrouble = "insecure" | "denied" | "missing" | "busy" | "failed";

/** Enough for any network that takes an image, and what phones give quickly. */
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: "environment", width: { ideal: 640 }, height: { ideal: 480 } },
};

export class CameraError extends Error {
  override readonly name: string = "CameraError";
  readonly trouble: CameraTrouble;

  constructor(trouble: CameraTrouble, cause?: unknown) {
    super(cause instanceof Error ? cause.message : trouble, { cause });
    this.trouble = trouble;
  }
}

/** What the camera sees when it is called; null once it is stopped. */
export type Frames = () => Promise<ImageBitmap | null>;

export class Camera {
  #stream: MediaStream | null = null;
  #video: HTMLVideoElement | null = null;
  /** Counts starts and stops: what comes after it was stopped is let go of. */
  #turn = 0;
  /** Called whenever it stops, whoever stopped it. */
  onStop: () => void = () => {};

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.stop();
    });
    addEventListener("pagehide", () => this.stop());
  }

  /**
   * Shows what the camera sees.
   *
   * @returns its frames; null where it was stopped while it was asked for
   * @throws CameraError
   */
  async start(video: HTMLVideoElement): Promise<Frames | null> {
    this.stop();
    const turn = this.#turn;
    const stream = await openStream();
    if (turn !== this.#turn) {
      endStream(stream);
      return null;
    }
    [this.#stream, this.#video] = [stream, video];
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop());
    video.srcObject = stream;
    // Stopped while it begins to play is no trouble.
    await video.play().catch((error) => {
      if (turn === this.#turn) throw this.#fail(error);
    });
    return turn === this.#turn ? () => this.#frame(video, turn) : null;
  }

  /** Lets go of the camera. */
  stop(): void {
    this.#turn++;
    if (this.#stream === null) return;
    endStream(this.#stream);
    if (this.#video !== null) this.#video.srcObject = null;
    [this.#stream, this.#video] = [null, null];
    this.onStop();
  }

  async #frame(video: HTMLVideoElement, turn: number): Promise<ImageBitmap | null> {
    if (turn !== this.#turn) return null;
    const frame = await createImageBitmap(video).catch((error) => {
      if (turn === this.#turn) throw this.#fail(error);
      return null;
    });
    if (turn === this.#turn) return frame;
    frame?.close();
    return null;
  }

  #fail(error: unknown): CameraError {
    this.stop();
    return new CameraError("failed", error);
  }
}

async function openStream(): Promise<MediaStream> {
  // Browsers hide cameras from pages that others could have changed on the way.
  if (!isSecureContext || navigator.mediaDevices === undefined) throw new CameraError("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    throw new CameraError(TROUBLES[error instanceof Error ? error.name : ""] ?? "failed", error);
  }
}

/** By the names that the Media Capture specification gives. */
const TROUBLES: Readonly<Record<string, CameraTrouble>> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

function endStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
