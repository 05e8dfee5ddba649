// Small models for the browser tests.

import { concatChunks, DataType, floatTensor, GraphBuilder, writeModel } from "@espalier/ir";

function build(make: (graph: GraphBuilder) => void): Uint8Array {
  const graph = new GraphBuilder();
  make(graph);
  return concatChunks(writeModel(graph.model()).chunks);
}

/** y = x + [10, 20, 30] */
export function addModel(): Uint8Array {
  return build((graph) => {
    const sum = graph.op("Add", [graph.input("x", [3]), graph.weight("w", floatTensor([3], [10, 20, 30]))]);
    graph.output(sum, "y");
  });
}

/** y = x, of any length. */
export function identityOf(dataType: number): Uint8Array {
  return build((graph) =>
    graph.output(graph.op("Identity", [graph.input("x", ["n"], dataType)]), "y", dataType),
  );
}

/** A matrix of `rows` × `size` times `layers` square matrices, one after the other. */
export function matMulChain(size: number, layers: number, rows: number = size): Uint8Array {
  return build((graph) => {
    let value = graph.input("x", [rows, size]);
    for (let i = 0; i < layers; i++) {
      const weight = graph.weight(
        `w${i}`,
        floatTensor(
          [size, size],
          Float32Array.from({ length: size * size }, (_, j) => ((j * 7919) % 13) / 1300),
        ),
      );
      value = graph.op("MatMul", [value, weight]);
    }
    graph.output(value, "y");
  });
}

export function unknownOperator(): Uint8Array {
  return build((graph) => graph.output(graph.op("No\u202eOp", [graph.input("x", [1])]), "y", DataType.FLOAT));
}
