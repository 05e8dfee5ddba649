// A model that runs for as long as its client says: a small network, and a Loop whose trip count is an input.

import { modelBytes, seededRandom } from "@espalier/core";
import { boolTensor, DataType, floatTensor, Graph, GraphBuilder, type Value } from "@espalier/ir";

/** Inputs: "x", float32, 1 × 4; "trips", int64, a scalar. */
export function endlessModel(): Uint8Array {
  const builder = new GraphBuilder();
  const random = seededRandom(1, "endless");
  const weights = (name: string, rows: number, columns: number): Value =>
    builder.weight(
      name,
      floatTensor(
        [rows, columns],
        Float32Array.from({ length: rows * columns }, () => random.normal()),
      ),
    );
  const x = builder.input("x", [1, 4]);
  const trips = builder.input("trips", [], DataType.INT64);
  const hidden = builder.op("Relu", [builder.op("MatMul", [x, weights("w1", 4, 16)])]);
  const y = builder.op("MatMul", [hidden, weights("w2", 16, 4)]);
  const goOn = builder.weight("go_on", boolTensor([], [true]));
  const out = builder.op("Loop", [trips, goOn, y], {
    attributes: { body: { value: { kind: "graph", value: body() } } },
  });
  builder.output(out, "y");
  return modelBytes(builder.model());
}

function body(): Graph {
  const graph = new Graph("body");
  const inner = new GraphBuilder(graph);
  inner.input("trip", [], DataType.INT64);
  const goOn = inner.input("go_on_in", [], DataType.BOOL);
  const value = inner.input("value_in", [1, 4]);
  inner.output(inner.op("Identity", [goOn]), "go_on_out", DataType.BOOL);
  inner.output(inner.op("Sin", [value]), "value_out");
  return graph;
}
