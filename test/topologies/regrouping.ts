// Concatenation, splitting, reshaping: where positions and units part ways.

import { intAttribute, intsAttribute, stringAttribute } from "@espalier/ir";
import type { Topology } from "./topology.js";

export const REGROUPING: readonly Topology[] = [
  {
    name: "concat",
    build: (net) => {
      const x = net.image();
      const joined = net.concat([net.relu(net.conv(x, 3, 4)), net.relu(net.conv(x, 3, 6, { kernel: 1 })), x]);
      net.head(net.conv(net.batchNorm(joined, 13), 13, 5), 5);
    },
  },
  {
    name: "cascaded concat",
    build: (net) => {
      const x = net.image();
      const [a, b, c] = [net.conv(x, 3, 4), net.conv(x, 3, 5), net.conv(x, 3, 6)];
      const inner = net.concat([a, b]);
      const outer = net.concat([c, net.relu(inner), a]);
      net.head(net.conv(outer, 19, 4), 4);
    },
  },
  {
    name: "concat of split",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 10));
      const [first, second] = net.split(a, [6, 4]);
      const worked = net.relu(net.conv(second as never, 4, 5));
      net.head(net.conv(net.concat([worked, first as never]), 11, 4), 4);
    },
  },
  {
    name: "dense block",
    build: (net) => {
      let features = net.relu(net.conv(net.image(), 3, 4));
      for (const width of [4, 7, 10]) {
        const grown = net.conv(net.relu(net.batchNorm(features, width)), width, 3);
        features = net.concat([features, grown]);
      }
      net.head(net.relu(net.batchNorm(features, 13)), 13);
    },
  },
  {
    name: "split",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 9));
      const [left, right] = net.split(a, [5, 4]);
      const gated = net.builder.op("Mul", [
        net.conv(left as never, 5, 4),
        net.builder.op("Sigmoid", [right as never]),
      ]);
      net.head(net.conv(gated, 4, 4), 4);
    },
  },
  {
    name: "equal split without sizes",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 9));
      const parts = net.builder.ops("Split", [a], { outputs: 3, attributes: { axis: intAttribute(1) } });
      const joined = net.concat([parts[2] as never, parts[0] as never]);
      net.head(net.conv(net.add(net.conv(joined, 6, 3), parts[1] as never), 3, 4), 4);
    },
  },
  {
    name: "split at an uneven place against residual",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 8));
      const [left, right] = net.split(a, [3, 5]);
      const b = net.relu(net.conv(net.concat([net.conv(left as never, 3, 3), right as never]), 8, 8));
      net.head(net.add(a, b), 8);
    },
  },
  {
    name: "slice of channels",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 8));
      const cut = (start: number, end: number) =>
        net.builder.op("Slice", [
          a,
          net.builder.ints("starts", [start]),
          net.builder.ints("ends", [end]),
          net.builder.ints("axes", [1]),
        ]);
      const swapped = net.concat([cut(-3, 9_000_000), cut(0, 5)]);
      net.head(net.conv(swapped, 8, 4), 4);
    },
  },
  {
    name: "channel shuffle",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 18));
      const grouped = net.relu(net.conv(a, 18, 18, { group: 3 }));
      const apart = net.transpose(net.reshape(grouped, [1, 3, 6, 6, 6]), [0, 2, 1, 3, 4]);
      const shuffled = net.reshape(apart, [1, 18, 6, 6]);
      net.head(net.conv(net.relu(net.conv(shuffled, 18, 18, { group: 3 })), 18, 4), 4);
    },
  },
  {
    name: "channel shuffle by Gather",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 6));
      const shuffled = net.builder.op("Gather", [a, net.builder.ints("order", [5, 0, 3, 1, -2, 2])], {
        attributes: { axis: intAttribute(1) },
      });
      net.head(net.add(net.conv(shuffled, 6, 6), a), 6);
    },
  },
  {
    name: "flatten → linear",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 5, { stride: 2 }));
      const flat = net.builder.op("Flatten", [a]);
      const hidden = net.relu(net.linear(flat, 45, 7));
      net.builder.output(net.linear(hidden, 7, 3), "y");
    },
  },
  {
    name: "concat of flattened maps",
    build: (net) => {
      const x = net.image();
      const left = net.reshape(net.relu(net.conv(x, 3, 4, { stride: 2 })), [1, -1]);
      const right = net.builder.op("Flatten", [net.relu(net.conv(x, 3, 5, { stride: 3 }))]);
      net.builder.output(net.linear(net.concat([left, right]), 36 + 20, 3), "y");
    },
  },
  {
    name: "linear → reshape → ConvTranspose",
    build: (net) => {
      const x = net.builder.input("x", [1, 5]);
      const maps = net.reshape(net.relu(net.linear(x, 5, 6 * 4)), [1, 6, 2, 2]);
      const up = net.builder.op(
        "ConvTranspose",
        [net.batchNorm(maps, 6), net.weights("up.w", [6, 5, 2, 2]), net.weights("up.b", [5])],
        { attributes: { strides: intsAttribute([2, 2]) } },
      );
      net.builder.output(net.conv(net.relu(up), 5, 2), "y");
    },
  },
  {
    name: "reshape → transpose → reshape with two live factors",
    build: (net) => {
      const x = net.builder.input("x", [1, 4, 5]);
      const project = (name: string) => net.builder.op("MatMul", [x, net.weights(name, [5, 12])]);
      const heads = (v: ReturnType<typeof project>) =>
        net.transpose(net.reshape(v, [0, 0, 3, 4]), [0, 2, 1, 3]);
      const [q, k, v] = [heads(project("q")), heads(project("k")), heads(project("v"))];
      const scores = net.builder.op("MatMul", [q, net.transpose(k, [0, 1, 3, 2])]);
      const mixed = net.builder.op("MatMul", [
        net.builder.op("Softmax", [scores], { attributes: { axis: intAttribute(-1) } }),
        v,
      ]);
      const joined = net.reshape(net.transpose(mixed, [0, 2, 1, 3]), [1, 4, 12]);
      net.builder.output(net.builder.op("MatMul", [joined, net.weights("out", [12, 5])]), "y");
    },
  },
  {
    name: "depth to space",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 12));
      const up = net.builder.op("DepthToSpace", [a], {
        attributes: { blocksize: intAttribute(2), mode: stringAttribute("CRD") },
      });
      const down = net.builder.op("SpaceToDepth", [net.relu(net.conv(up, 3, 3))], {
        attributes: { blocksize: intAttribute(2) },
      });
      net.head(net.conv(down, 12, 4), 4);
    },
  },
  {
    name: "squeeze, unsqueeze, tile and expand",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 6));
      const pooled = net.pool(a);
      const flat = net.builder.op("Squeeze", [pooled, net.builder.ints("axes", [2, 3])]);
      const back = net.builder.op("Unsqueeze", [
        net.relu(net.linear(flat, 6, 6)),
        net.builder.ints("axes", [2, 3]),
      ]);
      const wide = net.builder.op("Expand", [back, net.builder.ints("shape", [1, 6, 6, 6])]);
      const twice = net.builder.op("Tile", [wide, net.builder.ints("repeats", [1, 2, 1, 1])]);
      net.head(net.conv(net.concat([a, twice]), 18, 4), 4);
    },
  },
  {
    name: "mean over channels",
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 6));
      const mean = net.builder.op("ReduceMean", [a], {
        attributes: { axes: intsAttribute([1]), keepdims: intAttribute(1) },
      });
      const centred = net.builder.op("Sub", [a, mean]);
      net.head(
        net.conv(net.builder.op("LRN", [centred], { attributes: { size: intAttribute(3) } }), 6, 4),
        4,
      );
    },
  },
  {
    name: "layer normalisation",
    build: (net) => {
      const x = net.builder.input("x", [1, 4, 5]);
      const wide = net.builder.op("MatMul", [x, net.weights("in", [5, 8])]);
      const normal = net.builder.op(
        "LayerNormalization",
        [wide, net.weights("ln.scale", [8], 0.2, 1), net.weights("ln.bias", [8])],
        { attributes: { axis: intAttribute(-1) } },
      );
      const hidden = net.builder.op("Gelu", [net.builder.op("MatMul", [normal, net.weights("up", [8, 6])])]);
      net.builder.output(net.builder.op("MatMul", [hidden, net.weights("down", [6, 3])]), "y");
    },
    opset: 20,
  },
  {
    name: "old opset",
    opset: 8,
    build: (net) => {
      const a = net.relu(net.conv(net.image(), 3, 6));
      const parts = net.builder.ops("Split", [a], {
        outputs: 2,
        attributes: { axis: intAttribute(1), split: intsAttribute([4, 2]) },
      });
      const padded = net.builder.op("Pad", [parts[1] as never], {
        attributes: { mode: stringAttribute("constant"), pads: intsAttribute([0, 1, 0, 0, 0, 1, 0, 0]) },
      });
      const cut = net.builder.op("Slice", [a], {
        attributes: { axes: intsAttribute([1]), starts: intsAttribute([2]), ends: intsAttribute([6]) },
      });
      const joined = net.add(net.add(padded, parts[0] as never), cut);
      net.head(net.conv(joined, 4, 4), 4);
    },
  },
];
