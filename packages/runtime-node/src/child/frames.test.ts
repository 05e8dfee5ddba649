import { describe, expect, it } from "vitest";
import { encodeFrame, type Frame, FrameDecoder, FrameError } from "./frames.js";

const frames: Frame[] = [
  { header: { type: "a" }, buffers: [] },
  {
    header: { type: "ü", n: [1, 2] },
    buffers: [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4)],
  },
  { header: {}, buffers: [new Uint8Array(0)] },
];

function bytesOf(list: readonly Frame[]): Uint8Array {
  return Uint8Array.from(list.flatMap(encodeFrame).flatMap((chunk) => [...chunk]));
}

function raw(header: string): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length);
  bytes.set([0x45, 0x53, 0x50, 0x31]);
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(text, 8);
  return bytes;
}

describe("frames", () => {
  it.each([1, 2, 3, 7, 1000])("come out as they went in, in chunks of %d bytes", (size) => {
    const bytes = bytesOf(frames);
    const decoder = new FrameDecoder(100);
    const decoded: Frame[] = [];
    for (let i = 0; i < bytes.length; i += size) decoded.push(...decoder.push(bytes.subarray(i, i + size)));
    expect(decoded).toEqual(frames);
  });

  it("hand out buffers that share no memory with the stream or each other", () => {
    const bytes = bytesOf(frames);
    const buffers = [...new FrameDecoder(100).push(bytes)].flatMap((frame) => frame.buffers);
    expect(new Set([bytes.buffer, ...buffers.map(({ buffer }) => buffer)]).size).toBe(buffers.length + 1);
  });

  it.each([
    ["another protocol", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    ["no header", raw("")],
    ["a header that is no JSON", raw("{")],
    ["a header that is no object", raw("[]")],
    ["no list of buffers", raw('{"bufferBytes":3}')],
    ["a negative length", raw('{"bufferBytes":[-1]}')],
    ["a length that is no number", raw('{"bufferBytes":["1"]}')],
    ["a length beyond the bound", raw('{"bufferBytes":[101]}')],
    ["lengths that add up beyond the bound", raw('{"bufferBytes":[60,60]}')],
  ])("refuse %s", (_, bytes) => {
    expect(() => [...new FrameDecoder(100).push(bytes)]).toThrow(FrameError);
  });

  it("refuse a header of gigabytes before taking memory for it", () => {
    const prelude = Uint8Array.of(0x45, 0x53, 0x50, 0x31, 255, 255, 255, 255);
    expect(() => [...new FrameDecoder(100).push(prelude)]).toThrow(FrameError);
  });
});
