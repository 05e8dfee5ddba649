import { DataType, numberToFloat16 } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { toFileOrder, toOnnxOrder } from "./interface-order.js";
import { tensorInterface } from "./io.js";

const image = tensorInterface("x", [1, 2, 2, 3], DataType.FLOAT, [0, 2, 3, 1], "FLOAT32");
const planes = {
  dataType: DataType.FLOAT,
  dims: [1, 2, 2, 3],
  data: Float32Array.of(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15),
};
const pixels = Float32Array.of(0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15);

describe("a tensor at the border of a file", () => {
  it("goes in as pixels and comes out as planes", () => {
    expect(toFileOrder(image, planes)).toEqual({
      dataType: DataType.FLOAT,
      dims: [1, 2, 3, 2],
      data: pixels,
    });
    expect(toOnnxOrder(image, { dataType: DataType.FLOAT, dims: [1, 2, 3, 2], data: pixels })).toEqual(
      planes,
    );
  });

  it("has 32 bits where ONNX has 64 or 16", () => {
    const port = tensorInterface("i", [2], DataType.INT64, [0], "INT32");
    expect(
      toFileOrder(port, { dataType: DataType.INT64, dims: [2], data: BigInt64Array.of(-7n, 9n) }).data,
    ).toEqual(Int32Array.of(-7, 9));
    const half = tensorInterface("h", [1], DataType.FLOAT16, [0], "FLOAT32");
    const bits = Uint16Array.of(numberToFloat16(1.5));
    expect(toFileOrder(half, { dataType: DataType.FLOAT16, dims: [1], data: bits }).data).toEqual(
      Float32Array.of(1.5),
    );
  });

  it("is refused where it does not fit", () => {
    const port = tensorInterface("i", [1], DataType.INT64, [0], "INT32");
    const far = { dataType: DataType.INT64, dims: [1], data: BigInt64Array.of(2n ** 31n) };
    expect(() => toFileOrder(port, far)).toThrowError(expect.objectContaining({ code: "OVERFLOW" }));
    expect(() => toFileOrder(image, { ...planes, dims: [1, 3, 2, 2] })).toThrowError(
      expect.objectContaining({ code: "SHAPE_MISMATCH" }),
    );
    expect(() => toFileOrder(port, { dataType: DataType.STRING, dims: [1], data: ["a"] })).toThrowError(
      expect.objectContaining({ code: "UNSUPPORTED" }),
    );
  });
});
