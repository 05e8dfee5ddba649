import {
  type Attribute,
  floatAttribute,
  floatsAttribute,
  GraphBuilder,
  type Node,
  readFloats,
  type Tensor,
} from "@espalier/ir";
import { describe, expect, it } from "vitest";
import { writeWeights } from "./write-weights.js";

describe("weights in a Constant node", () => {
  it.each<[string, Attribute, number[]]>([
    ["value_floats", floatsAttribute([1, 2]), [3, 4]],
    ["value_float", floatAttribute(1), [3]],
  ])("take the place of its %s, which the runtime would read", (name, attribute, numbers) => {
    const net = new GraphBuilder();
    const w = net.op("Constant", [], { name: "w", attributes: { [name]: attribute } });
    net.output(net.op("Mul", [net.input("x", [2]), w]), "y");
    const { graph } = writeWeights(net.model(), new Map([[w.name, Float32Array.from(numbers)]]));
    const { attributes } = [...graph.nodes][0] as Node;
    expect([...attributes.keys()]).toEqual(["value"]);
    const { value } = attributes.get("value") as Attribute;
    expect([...readFloats((value as { readonly value: Tensor }).value)]).toEqual(numbers);
  });
});
