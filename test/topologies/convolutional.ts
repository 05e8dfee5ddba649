// Chains, shortcuts and kinds of convolution.

import { floatTensor, intAttribute, intsAttribute, stringAttribute, tensorAttribute } from "@espalier/ir";
import type { Topology } from "./topology.js";

export const CONVOLUTIONAL: readonly Topology[] = [
  {
    name: "plain chain",
    build: (net) => {
      const a = net.relu(net.batchNorm(net.conv(net.image(), 3, 6), 6));
      const b = net.relu(net.conv(a, 6, 5));
      const pooled = net.builder.op("MaxPool", [b], {
        attributes: { kernel_shape: intsAttribute([2, 2]), strides: intsAttribute([2, 2]) },
      });
      net.head(net.conv(pooled, 5, 4), 4);
    },
  },
  {
    name: "residual",
    build: (net) => {
      const stem = net.relu(net.conv(net.image(), 3, 6));
      const inner = net.conv(net.relu(net.batchNorm(net.conv(stem, 6, 5), 5)), 5, 6);
      net.head(net.relu(net.add(stem, inner)), 6);
    },
  },
  {
    name: "residual with projection",
    build: (net) => {
      const stem = net.relu(net.conv(net.image(), 3, 4));
      const inner = net.batchNorm(net.conv(net.relu(net.conv(stem, 4, 5, { stride: 2 })), 5, 8), 8);
      const projection = net.batchNorm(net.conv(stem, 4, 8, { kernel: 1, stride: 2 }), 8);
      net.head(net.relu(net.add(projection, inner)), 8);
    },
  },
  {
    name: "option-A pad",
    build: (net) => {
      const stem = net.relu(net.conv(net.image(), 3, 4));
      const first = net.relu(net.add(stem, net.conv(net.relu(net.conv(stem, 4, 5)), 5, 4)));
      const strided = net.builder.op("Slice", [
        first,
        net.builder.ints("starts", [0, 0]),
        net.builder.ints("ends", [99, 99]),
        net.builder.ints("axes", [2, 3]),
        net.builder.ints("steps", [2, 2]),
      ]);
      const wide = net.builder.op("Pad", [strided, net.builder.ints("pads", [0, 2, 0, 0, 0, 2, 0, 0])], {
        attributes: { mode: stringAttribute("constant") },
      });
      const inner = net.conv(net.relu(net.conv(first, 4, 6, { stride: 2 })), 6, 8);
      net.head(net.relu(net.add(wide, inner)), 8);
    },
  },
  {
    name: "depthwise",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 6));
      const b = net.relu(net.conv(a, 6, 6, { group: 6 }));
      const wide = net.conv(net.conv(b, 6, 5, { kernel: 1 }), 5, 10, { group: 5 });
      net.head(wide, 10);
    },
  },
  {
    name: "grouped conv",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 12));
      const b = net.relu(net.conv(a, 12, 9, { group: 3 }));
      net.head(net.conv(b, 9, 4), 4);
    },
  },
  {
    name: "grouped transposed conv",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 8));
      const up = net.builder.op(
        "ConvTranspose",
        [a, net.weights("up.w", [8, 3, 2, 2]), net.weights("up.b", [6])],
        {
          name: "up",
          attributes: { group: intAttribute(2), strides: intsAttribute([2, 2]) },
        },
      );
      net.head(net.conv(net.relu(up), 6, 4), 4);
    },
  },
  {
    name: "squeeze-and-excite",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 8));
      const squeezed = net.relu(net.conv(net.pool(a), 8, 4, { kernel: 1 }));
      const gate = net.builder.op("HardSigmoid", [net.conv(squeezed, 4, 8, { kernel: 1 })]);
      net.head(net.conv(net.builder.op("Mul", [a, gate]), 8, 4), 4);
    },
  },
  {
    name: "shared weights",
    build: (net) => {
      const x = net.image();
      const w = net.weights("shared.w", [6, 6, 3, 3]);
      const pads = { attributes: { pads: intsAttribute([1, 1, 1, 1]) } };
      const a = net.relu(net.builder.op("Conv", [net.relu(net.conv(x, 3, 6)), w], pads));
      const b = net.relu(net.builder.op("Conv", [a, w], pads));
      net.head(b, 6);
    },
  },
  {
    name: "two heads",
    build: (net) => {
      const trunk = net.relu(net.conv(net.relu(net.conv(net.image(), 3, 6)), 6, 8));
      net.head(net.relu(net.conv(trunk, 8, 5)), 5, "classes");
      const boxes = net.conv(net.relu(net.conv(trunk, 8, 4)), 4, 4, { kernel: 1 });
      net.builder.output(boxes, "boxes");
    },
  },
  {
    name: "unused output",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 9));
      const [first, second] = net.split(a, [4, 3, 2]);
      net.builder.op("Sigmoid", [a], { name: "nobody-reads-me" });
      net.head(net.conv(net.concat([second as never, first as never]), 7, 4), 4);
    },
  },
  {
    name: "U-shape with Resize",
    build: (net) => {
      const fine = net.relu(net.conv(net.image(), 3, 5));
      const coarse = net.relu(net.conv(fine, 5, 7, { stride: 2 }));
      const scales = net.builder.weight("scales", floatTensor([4], [1, 1, 2, 2]));
      const up = net.builder.op("Resize", [coarse, null, scales], {
        attributes: {
          mode: stringAttribute("nearest"),
          coordinate_transformation_mode: stringAttribute("asymmetric"),
          nearest_mode: stringAttribute("floor"),
        },
      });
      const sized = net.builder.op("Resize", [coarse, null, null, net.builder.ints("sizes", [1, 7, 6, 6])], {
        attributes: {
          mode: stringAttribute("nearest"),
          coordinate_transformation_mode: stringAttribute("asymmetric"),
          nearest_mode: stringAttribute("floor"),
        },
      });
      net.head(net.conv(net.concat([fine, net.add(up, sized)]), 12, 4), 4);
    },
  },
  {
    name: "weights as Constants",
    build: (net) => {
      const constant = (dims: number[]) =>
        net.builder.op("Constant", [], {
          attributes: {
            value: tensorAttribute(
              floatTensor(
                dims,
                Float32Array.from(
                  { length: dims.reduce((p, d) => p * d, 1) },
                  () => 0.5 * net.random.normal(),
                ),
              ),
            ),
          },
        });
      const pads = { attributes: { pads: intsAttribute([1, 1, 1, 1]) } };
      const a = net.relu(net.builder.op("Conv", [net.image(), constant([6, 3, 3, 3]), constant([6])], pads));
      const b = net.builder.op("Add", [
        net.builder.op("Conv", [a, constant([5, 6, 3, 3])], pads),
        constant([5, 1, 1]),
      ]);
      net.head(net.builder.op("PRelu", [b, constant([5, 1, 1])]), 5);
    },
  },
  {
    name: "1-D conv",
    build: (net) => {
      const x = net.builder.input("x", [1, 3, 10]);
      const a = net.relu(net.builder.op("Conv", [x, net.weights("w1", [6, 3, 3])]));
      const b = net.builder.op("Conv", [a, net.weights("w2", [5, 6, 3]), net.weights("b2", [5])]);
      net.head(
        net.builder.op("InstanceNormalization", [
          b,
          net.weights("in.scale", [5], 0.2, 1),
          net.weights("in.bias", [5]),
        ]),
        5,
      );
    },
  },
  {
    name: "3-D conv",
    build: (net) => {
      const x = net.builder.input("x", [1, 2, 4, 4, 4]);
      const a = net.relu(net.builder.op("Conv", [x, net.weights("w1", [6, 2, 2, 2, 2])]));
      net.head(net.builder.op("Conv", [a, net.weights("w2", [5, 6, 2, 2, 2])]), 5);
    },
  },
  {
    name: "Inf in a removed activation",
    mustRemove: { "blow-up_out#1": [1] },
    build: (net) => {
      const x = net.image();
      const scale = net.builder.weight("scale", floatTensor([6, 1, 1], [1, 3e38, 1, 1, 1, 1]));
      const w = net.weights("conv.w", [6, 3, 3, 3], 2);
      const a = net.builder.op("Conv", [x, w], {
        name: "blow-up",
        attributes: { pads: intsAttribute([1, 1, 1, 1]) },
      });
      const huge = net.builder.op("Mul", [net.builder.op("Mul", [a, scale]), scale]);
      const summed = net.builder.op("ReduceSum", [huge, net.builder.ints("axes", [1])], {
        attributes: { keepdims: intAttribute(1) },
      });
      const largest = net.builder.op("ReduceMax", [huge], {
        attributes: { axes: intsAttribute([1]), keepdims: intAttribute(1) },
      });
      const mixed = net.conv(huge, 6, 4);
      net.head(net.add(net.add(mixed, summed), largest), 4);
    },
  },
];
