// What tells a TFLite file from others before it is read.

/** The identifier that stands behind the offset of the root table. */
export const IDENTIFIER = "TFL3";

/** Whether bytes say of themselves that they are a TFLite file; whether they are one, `readTflite` finds out. */
export function isTflite(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(4, 8)) === IDENTIFIER;
}
