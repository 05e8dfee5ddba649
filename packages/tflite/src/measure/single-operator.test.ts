import { floatTensor, GraphBuilder, intsAttribute } from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { exportTflite } from "../export/export-tflite.js";
import { readTflite } from "../read-tflite.js";
import { kernelNames } from "./kernel-name.js";
import { type SingleOperator, singleOperators } from "./single-operator.js";

/** Two equal convolutions, one of other weights' number, their sum, and a flat end. */
function network() {
  const net = new GraphBuilder();
  const conv = (x: ReturnType<typeof net.input>, name: string, out: number, of: number) => {
    const w = net.weight(`w${name}`, floatTensor([out, of, 3, 3], new Float32Array(out * of * 9).fill(0.5)));
    const attributes = { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]) };
    return net.op("Relu", [net.op("Conv", [x, w], { name, attributes })]);
  };
  const x = net.input("x", [1, 4, 8, 8]);
  const [a, b] = [conv(x, "a", 4, 4), conv(x, "b", 4, 4)];
  const c = conv(net.op("Add", [a, b], { name: "sum" }), "c", 6, 4);
  net.output(net.op("GlobalAveragePool", [c]), "y");
  return net.model();
}

function operators(): SingleOperator[] {
  const { bytes } = exportTflite(network());
  return singleOperators(readTflite(bytes!));
}

describe("singleOperators", () => {
  it("lists what runs, and gives operators that do the same work one key", () => {
    const list = operators();
    expect(list.map(({ builtin }) => builtin).slice(0, 4)).toEqual(["CONV_2D", "CONV_2D", "ADD", "CONV_2D"]);
    const [a, b, sum, c] = list.map(({ key }) => key);
    expect(a).toBe(b);
    expect(new Set([a, sum, c]).size).toBe(3);
  });

  it("writes files that hold one operator with its constants, and feed it all else", () => {
    for (const operator of operators()) {
      const { subgraphs, operatorCodes, buffers } = readTflite(operator.file());
      const [main] = subgraphs;
      expect(main!.operators).toHaveLength(1);
      expect(operatorCodes.map(({ builtinCode }) => builtinCode)).toEqual([operator.builtin]);
      const feeds = operator.feeds();
      const fed = main!.inputs.map((at) => main!.tensors[at]!);
      expect(Object.keys(feeds)).toEqual(fed.map(({ name }) => name));
      for (const { name, shape } of fed) expect(feeds[name]?.dims).toEqual(shape);
      for (const { buffer } of fed) expect(buffers[buffer]?.data).toHaveLength(0);
    }
    const [conv, , sum] = operators();
    expect(readTflite(conv!.file()).subgraphs[0]!.inputs).toHaveLength(1);
    expect(Object.keys(sum!.feeds())).toHaveLength(2);
  });

  it("draws floats that no kernel underflows on", () => {
    const data = operators()[0]!.feeds();
    for (const { data: elements } of Object.values(data)) {
      const sum = (elements as Float32Array).reduce((total, value) => total + value * value, 0);
      expect(sum / elements.length).toBeGreaterThan(0.5);
      expect(sum / elements.length).toBeLessThan(2);
    }
  });
});

describe("kernelNames", () => {
  it("calls a layer by its node, behind what was folded into it, and the rest by its result", () => {
    const model = network();
    const { bytes } = exportTflite(model);
    const nameOf = kernelNames(model);
    const named = singleOperators(readTflite(bytes!)).map(nameOf);
    expect(named[0]).toEqual({ name: "a", opType: "Conv" });
    expect(named[1]).toEqual({ name: "b", opType: "Conv" });
    const sum = [...model.graph.nodes].find(({ name }) => name === "sum")!.output(0)!.name;
    expect(named[2]).toEqual({ name: sum, opType: "ADD" });
    expect(named[3]).toEqual({ name: "c", opType: "Conv" });
  });
});
