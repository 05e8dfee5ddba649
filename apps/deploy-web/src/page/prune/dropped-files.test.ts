import { isEspalierError } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { readDroppedFiles } from "./dropped-files.js";

const file = (name: string, ...bytes: number[]): File => new File([Uint8Array.from(bytes)], name);

async function refusal(files: readonly File[]): Promise<string> {
  try {
    await readDroppedFiles(files);
    return "none";
  } catch (error) {
    if (isEspalierError(error)) return error.code;
    throw error;
  }
}

describe("readDroppedFiles", () => {
  it("takes one file whatever it is called", async () => {
    const { name, bytes } = await readDroppedFiles([file("network.bin", 1, 2, 3)]);
    expect([name, ...bytes]).toEqual(["network.bin", 1, 2, 3]);
  });

  it("finds the network among the files with its weights, and those by their last name", async () => {
    const dropped = await readDroppedFiles([file("weights.data", 7, 8, 9), file("a.ONNX", 1)]);
    expect(dropped.name).toBe("a.ONNX");
    const opened = dropped.external.open("folder/weights.data");
    expect([opened.byteLength, ...opened.read(1, 2)]).toEqual([3, 8, 9]);
    expect(() => dropped.external.open("other.data")).toThrow(/EXTERNAL_MISSING/);
  });

  it("prunes one network at a time", async () => {
    expect(await refusal([file("a.onnx"), file("b.onnx")])).toBe("INVALID_OPTION");
    expect(await refusal([file("a.data"), file("b.data")])).toBe("INVALID_OPTION");
    expect(await refusal([])).toBe("INVALID_OPTION");
  });

  it("looks at sizes before it reads", async () => {
    const enormous = { name: "a.onnx", size: 2 ** 40 } as File; // has nothing to read
    expect(await refusal([enormous])).toBe("LIMIT_EXCEEDED");
    expect(await refusal([file("a.onnx"), { name: "a.data", size: 2 ** 40 } as File])).toBe("LIMIT_EXCEEDED");
  });

  it("says when the browser cannot read a file", async () => {
    const gone = { name: "a.onnx", size: 3, arrayBuffer: () => Promise.reject(new Error("gone")) };
    expect(await refusal([gone as unknown as File])).toBe("IO");
  });
});
