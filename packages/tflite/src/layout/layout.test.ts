import { describe, expect, it } from "vitest";
import {
  channelsLast,
  onnxOrder,
  physicalShape,
  relabelled,
  sameOrder,
  transposition,
  withLeadingAxes,
  withoutAxes,
} from "./layout.js";

describe("a layout", () => {
  it("puts channels last for images, sequences and volumes", () => {
    expect(channelsLast(4)).toEqual([0, 2, 3, 1]);
    expect(channelsLast(3)).toEqual([0, 2, 1]);
    expect(channelsLast(5)).toEqual([0, 2, 3, 4, 1]);
    expect(channelsLast(2)).toEqual([0, 1]);
  });

  it("gives the shape in memory", () => {
    expect(physicalShape([1, 3, 4, 5], [0, 2, 3, 1])).toEqual([1, 4, 5, 3]);
  });

  it("is reached by a transposition from another", () => {
    // NHWC to NCHW: axis 1 of the result is the last one
    expect(transposition([0, 2, 3, 1], [0, 1, 2, 3])).toEqual([0, 3, 1, 2]);
    expect(transposition([0, 1, 2, 3], [0, 2, 3, 1])).toEqual([0, 2, 3, 1]);
  });

  it("is the same as another that differs in axes of size 1 alone", () => {
    expect(sameOrder([1, 3, 1, 1], [0, 2, 3, 1], [0, 1, 2, 3])).toBe(true);
    expect(sameOrder([1, 3, 1, 2], [0, 2, 3, 1], [0, 1, 2, 3])).toBe(false);
    expect(sameOrder([1, 1, 4, 5], [0, 2, 3, 1], [0, 1, 2, 3])).toBe(true);
  });

  it("becomes ONNX's order where a Transpose says what memory is already", () => {
    expect(relabelled(channelsLast(4), [0, 2, 3, 1])).toEqual(onnxOrder(4));
    expect(relabelled(onnxOrder(3), [2, 0, 1])).toEqual([1, 2, 0]);
  });

  it("loses axes and gains leading ones", () => {
    expect(withoutAxes([0, 2, 3, 1], [2, 3])).toEqual([0, 1]);
    expect(withoutAxes([0, 2, 3, 1], [1])).toEqual([0, 1, 2]);
    expect(withLeadingAxes([1, 0], 4)).toEqual([0, 1, 3, 2]);
  });
});
