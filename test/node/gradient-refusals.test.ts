// What gradients are refused for: with a code and the node, and never by a gradient of zero.

import {
  type Attribute,
  DataType,
  floatTensor,
  Graph,
  GraphBuilder,
  inferFacts,
  intAttribute,
  stringAttribute,
  type Value,
} from "@espalier/ir";
import {
  Arithmetic,
  createGradientRegistry,
  defaultGradients,
  defineGradient,
  differentiate,
  GRADIENT_RULES,
  type GradientRule,
} from "@espalier/train";
import { describe, expect, it } from "vitest";

type Build = (net: GraphBuilder, x: Value) => Value;

/** Differentiates the sum of what `build` makes of x [2, 3]. */
function gradientOf(build: Build, rules = defaultGradients(), opset = 18): Value | null | undefined {
  const net = new GraphBuilder();
  const x = net.input("x", [2, 3]);
  const make = new Arithmetic(net.graph);
  const loss = make.sumAll(build(net, x));
  const facts = inferFacts(net.model(opset));
  return differentiate({ graph: net.graph, facts, rules, make, loss, of: [x] }).get(x);
}

const cases: readonly (readonly [string, string, Build])[] = [
  ["an operator without a rule", "Sign (sign)", (net, x) => net.op("Sign", [x], { name: "sign" })],
  [
    "padding with a value that is computed",
    "a computed value to pad with",
    (net, x) => {
      const fill = net.op("ReduceSum", [x], { attributes: { keepdims: intAttribute(0) } });
      return net.op("Pad", [x, net.ints("pads", [1, 0, 0, 0]), fill]);
    },
  ],
  [
    "resizing with an antialias filter",
    "antialias = 1",
    (net, x) => {
      const scales = net.weight("scales", floatTensor([2], [1, 0.5]));
      return net.op("Resize", [x, null, scales], {
        attributes: { antialias: intAttribute(1), mode: stringAttribute("linear") },
      });
    },
  ],
  [
    "the statistics of a layer normalisation",
    "the loss depends on its statistics",
    (net, x) => {
      const scale = net.weight("scale", floatTensor([3], [1, 1, 1]));
      return net.ops("LayerNormalization", [x, scale], { outputs: 2 })[1] as Value;
    },
  ],
  [
    "the statistics of a batch normalisation",
    "the loss depends on its statistics",
    (net, x) => {
      const one = net.weight("one", floatTensor([3], [1, 1, 1]));
      return net.ops("BatchNormalization", [x, one, one, one, one], {
        outputs: 3,
        attributes: { training_mode: intAttribute(1) },
      })[1] as Value;
    },
  ],
  [
    "a value that only the branches of an If read",
    "If (choose)",
    (net, x) => {
      const doubled = net.op("Add", [x, x]);
      const branch = (opType: string): Attribute => {
        const inner = new GraphBuilder(new Graph(opType));
        inner.output(inner.op(opType, [doubled]));
        return { value: { kind: "graph", value: inner.graph } };
      };
      const condition = net.input("condition", [], DataType.BOOL);
      return net.op("If", [condition], {
        name: "choose",
        attributes: { then_branch: branch("Identity"), else_branch: branch("Neg") },
      });
    },
  ],
  [
    "stored statistics that are computed",
    "does not cover one of its operands",
    (net, x) => {
      const one = net.weight("one", floatTensor([3], [1, 1, 1]));
      const mean = net.op("ReduceMean", [x, net.ints("axes", [0])], {
        attributes: { keepdims: intAttribute(0) },
      });
      return net.op("BatchNormalization", [x, one, one, mean, one]);
    },
  ],
  [
    "half floats on the way",
    "found float16",
    (net, x) => {
      const half = net.op("Cast", [x], { attributes: { to: intAttribute(DataType.FLOAT16) } });
      const squared = net.op("Mul", [half, half]);
      return net.op("Cast", [squared], { attributes: { to: intAttribute(DataType.FLOAT) } });
    },
  ],
];

describe("a gradient is refused", () => {
  it.each(cases)("for %s", (_, found, build) => {
    expect(() => gradientOf(build)).toThrow("NO_GRADIENT");
    expect(() => gradientOf(build)).toThrow(found);
  });

  it("where a rule gives nothing to an operand that needs it", () => {
    const forgetful = GRADIENT_RULES.map(
      (rule): GradientRule =>
        rule.definition.opType === "Exp" ? defineGradient({ ...rule, backward: () => {} }) : rule,
    );
    const build: Build = (net, x) => net.op("Exp", [x]);
    expect(gradientOf(build)).toBeTruthy();
    expect(() => gradientOf(build, createGradientRegistry(forgetful))).toThrow(
      "does not cover one of its operands",
    );
  });

  it("but a value that the loss does not depend on has none", () => {
    expect(gradientOf((net) => net.weight("w", floatTensor([2], [1, 2])))).toBeNull();
  });
});
