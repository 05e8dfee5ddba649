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

/** Two dense layers on sequences whose length is left open. */
export function sequenceModel(): Uint8Array {
  const values = (count: number): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => (((i + 1) * 7919) % 101) / 101 - 0.5);
  return build((graph) => {
    const wide = graph.weight("wide", floatTensor([8, 16], values(128)));
    const narrow = graph.weight("narrow", floatTensor([16, 4], values(64)));
    const hidden = graph.op("Relu", [graph.op("MatMul", [graph.input("x", ["n", "time", 8]), wide])]);
    graph.output(graph.op("MatMul", [hidden, narrow]), "y");
  });
}
