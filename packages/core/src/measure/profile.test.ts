import { describe, expect, it } from "vitest";
import { summariseTrace } from "./profile.js";

const kernel = (name: string, op: string, dur: number, index = "0") => ({
  cat: "Node",
  name: `${name}_kernel_time`,
  dur,
  args: {
    op_name: op,
    node_index: index,
    input_type_shape: [{ float: [1, 3] }, { int64: [] }],
    output_type_shape: [{ float: [1, 8] }],
  },
});

const shapes = { inputShapes: [[1, 3], []], outputShapes: [[1, 8]] };

describe("a trace of the profiler", () => {
  it("becomes the median time per node, in the order of running", () => {
    const trace = [
      { cat: "Session", name: "model_run", dur: 99 },
      kernel("conv", "Conv", 5, "0"),
      kernel("relu", "Relu", 1, "1"),
      kernel("conv", "Conv", 9, "0"),
      kernel("conv", "Conv", 6, "0"),
      { cat: "Node", name: "conv_fence_before", dur: 7 },
    ];
    expect(summariseTrace(JSON.stringify(trace))).toEqual([
      { name: "conv", opType: "Conv", durationUs: 6, ...shapes },
      { name: "relu", opType: "Relu", durationUs: 1, ...shapes },
    ]);
  });

  it("keeps nodes of one name apart by their index", () => {
    const trace = [kernel("", "Relu", 1, "0"), kernel("", "Relu", 3, "1")];
    expect(summariseTrace(JSON.stringify(trace)).map((node) => node.durationUs)).toEqual([1, 3]);
  });

  it("is refused when it is no list", () => {
    expect(() => summariseTrace("{}")).toThrow("not a list");
  });
});
