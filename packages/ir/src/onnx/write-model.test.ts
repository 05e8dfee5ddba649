import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  codeOf,
  floats,
  type ModelInit,
  modelBytes,
  reluGraph,
  unary,
  wire,
  zeros,
} from "../../testing/onnx-bytes.js";
import { differences } from "../../testing/same-model.js";
import { GraphBuilder } from "../builder.js";
import { cloneModel } from "../graph/clone.js";
import type { Model } from "../graph/model.js";
import { floatTensor, rawTensor } from "../tensor.js";
import type { ExternalData } from "./external-data.js";
import { type GraphProto, type ModelProto, ModelProtoSchema } from "./onnx_pb.js";
import { readModel } from "./read-model.js";
import { concatChunks, type WrittenModel, writeModel } from "./write-model.js";

const bytesOf = (model: Model): Uint8Array => concatChunks(writeModel(model).chunks);
const protoOf = (written: WrittenModel): ModelProto =>
  fromBinary(ModelProtoSchema, concatChunks(written.chunks));
/** What becomes of a file: read, written, decoded. */
const rewrite = (bytes: Uint8Array): ModelProto => protoOf(writeModel(readModel(bytes)));
const rewriteGraph = (bytes: Uint8Array): GraphProto => rewrite(bytes).graph as GraphProto;

/** Reads what was written, external files included. */
function reread(written: WrittenModel): Model {
  const external: ExternalData = {
    open(location) {
      const file = written.files.find(({ name }) => name === location);
      const content = concatChunks(file?.chunks ?? []);
      return {
        byteLength: content.byteLength,
        read: (offset, length) => content.subarray(offset, offset + length),
      };
    },
  };
  return readModel(concatChunks(written.chunks), { external });
}

/** x → MatMul with `weights` one after the other. */
function weighted(...weights: number[]): Model {
  const b = new GraphBuilder();
  let x = b.input("x", ["N", 1]);
  for (const size of weights) {
    x = b.op("Mul", [x, b.weight("w", rawTensor(1, [size], new Uint8Array(4 * size).fill(size)))]);
  }
  b.output(x, "y");
  return b.model();
}

describe("writeModel", () => {
  it("gives the same bytes for the same model", () => {
    expect(bytesOf(weighted(3, 400))).toEqual(bytesOf(weighted(3, 400)));
  });

  it("gives the same bytes for what was read back", () => {
    const bytes = bytesOf(weighted(3, 400));
    expect(bytesOf(readModel(bytes))).toEqual(bytes);
  });

  it("says how long it is", () => {
    const written = writeModel(weighted(3, 4000));
    expect(written.byteLength).toBe(concatChunks(written.chunks).byteLength);
    expect(written.files).toEqual([]);
  });

  it("hands on the bytes of large tensors without a copy", () => {
    const bytes = new Uint8Array(1 << 20);
    const b = new GraphBuilder();
    b.output(b.op("Relu", [b.weight("w", rawTensor(1, [1 << 18], bytes))]), "y");
    expect(writeModel(b.model()).chunks).toContain(bytes);
  });

  it("keeps a tensor in the field it was stored in", () => {
    const int64Data = [Uint8Array.of(1), Uint8Array.of(0x81, 1)];
    const bytes = modelBytes(reluGraph({ initializer: [{ name: "w", dataType: 7, dims: [2n], int64Data }] }));
    expect(rewriteGraph(bytes).initializer[0]?.int64Data).toEqual(int64Data);
  });

  it("writes an initialiser under the name of its value", () => {
    const model = readModel(modelBytes(reluGraph({ initializer: [zeros("w")] })));
    for (const value of model.graph.initializers) value.name = "renamed";
    expect(protoOf(writeModel(model)).graph?.initializer[0]?.name).toBe("renamed");
  });

  it("declares neither initialisers twice nor values of unknown type", () => {
    const graph = rewriteGraph(
      modelBytes(
        reluGraph({
          initializer: [zeros("w")],
          node: [unary("x", "a"), unary("a", "b"), unary("b", "y")],
          valueInfo: [floats("b", ["N"]), floats("w")],
        }),
      ),
    );
    expect(graph.valueInfo.map(({ name }) => name)).toEqual(["b"]);
  });

  it("declares an initialiser that has documentation with the shape its tensor has now", () => {
    const bytes = modelBytes(
      reluGraph({
        initializer: [zeros("w", [4])],
        valueInfo: [{ ...floats("w", [4]), docString: "weights" } as never],
      }),
    );
    const model = readModel(bytes);
    for (const value of model.graph.initializers) value.initializer = floatTensor([2], [1, 2]);
    const [info] = protoOf(writeModel(model)).graph?.valueInfo ?? [];
    expect(info).toMatchObject({ name: "w", docString: "weights" });
    expect(info?.type?.value).toMatchObject({ value: { shape: { dim: [{ value: { value: 2n } }] } } });
  });

  describe("what the graph does not model", () => {
    const unknown = wire.bytes(500, "from the future");

    it("survives in every message that is taken apart", () => {
      const tensor = [
        ...wire.number(1, 1),
        ...wire.number(2, 1),
        ...wire.bytes(8, "w"),
        ...wire.bytes(9, [0, 0, 0, 0]),
      ];
      const attribute = [...wire.bytes(1, "axis"), ...wire.number(3, 0), ...wire.number(20, 2)];
      const node = [
        ...wire.bytes(1, "x"),
        ...wire.bytes(2, "y"),
        ...wire.bytes(4, "Op"),
        ...wire.bytes(5, [...attribute, ...unknown]),
      ];
      const dimension = [...wire.number(1, 1), ...unknown];
      const shape = [...wire.bytes(1, dimension), ...unknown];
      const type = wire.bytes(2, [
        ...wire.bytes(1, [...wire.number(1, 1), ...wire.bytes(2, shape), ...unknown]),
        ...unknown,
      ]);
      const graph = [
        ...wire.bytes(1, [...node, ...unknown]),
        ...wire.bytes(5, [...tensor, ...unknown]),
        ...wire.bytes(11, [...wire.bytes(1, "x"), ...type, ...unknown]),
        ...wire.bytes(12, wire.bytes(1, "y")),
        ...unknown,
      ];
      const opset = wire.bytes(8, wire.number(2, 17));
      const file = Uint8Array.from([...wire.number(1, 8), ...wire.bytes(7, graph), ...opset, ...unknown]);
      const count = (bytes: Uint8Array): number =>
        String.fromCharCode(...bytes).split("from the future").length - 1;
      expect(count(file)).toBe(10);
      expect(count(bytesOf(readModel(file)))).toBe(10);
      expect(bytesOf(readModel(file)).byteLength).toBe(file.byteLength);
    });

    it("survives: functions, training information, configurations, annotations, sparse tensors, other types", () => {
      const rest: ModelInit = {
        functions: [
          { name: "F", domain: "f", input: ["a"], output: ["b"], node: [unary("a", "b")], docString: "d" },
        ],
        trainingInfo: [{ algorithm: { name: "adam" } }],
        configuration: [{ name: "two", numDevices: 2, device: ["a", "b"] }],
      };
      const graph = reluGraph({
        node: [
          {
            ...unary("x", "y"),
            deviceConfigurations: [
              { configurationId: "two", shardingSpec: [{ tensorName: "x", device: [0n, 1n] }] },
            ],
          } as never,
        ],
        input: [
          floats("x"),
          { name: "s", type: { denotation: "D", value: { case: "sequenceType", value: {} } } },
        ],
        quantizationAnnotation: [
          { tensorName: "y", quantParameterTensorNames: [{ key: "SCALE_TENSOR", value: "s" }] },
        ],
        sparseInitializer: [
          {
            values: zeros("sp", [1]),
            indices: { dataType: 7, dims: [1n], rawData: new Uint8Array(8) },
            dims: [9n],
          },
        ],
        valueInfo: [{ name: "gone", docString: "names nothing" }],
      });
      const bytes = modelBytes(graph, rest);
      const [before, after] = [fromBinary(ModelProtoSchema, bytes), rewrite(bytes)];
      expect(after).toEqual(before);
    });

    it("drops a declaration of nothing once something has its name", () => {
      const model = readModel(modelBytes(reluGraph({ valueInfo: [floats("gone", [3])] })));
      model.graph.addInitializer("gone", floatTensor([1], [1]));
      expect(protoOf(writeModel(model)).graph?.valueInfo).toEqual([]);
    });

    it("survives in shapes as far as the dimensions are the same", () => {
      const dim = [
        { denotation: "BATCH", value: { case: "dimParam" as const, value: "N" } },
        { denotation: "CHANNEL", value: { case: "dimValue" as const, value: 4n } },
        { value: { case: "dimValue" as const, value: -1n } },
        {},
      ];
      const type = {
        denotation: "IMAGE",
        value: { case: "tensorType" as const, value: { elemType: 1, shape: { dim } } },
      };
      const model = readModel(modelBytes(reluGraph({ input: [{ name: "x", type }] })));
      const [x] = model.graph.inputs;
      if (x?.type?.kind !== "tensor" || x.type.shape === null) throw new Error("no shape");
      const [n, , ...others] = x.type.shape;
      x.type = { ...x.type, shape: [n ?? 0, 3, ...others] };
      const declared = protoOf(writeModel(cloneModel(model).model)).graph?.input[0]?.type;
      expect(declared?.denotation).toBe("IMAGE");
      expect(declared?.value.value).toMatchObject({
        shape: {
          dim: [
            { denotation: "BATCH", value: { value: "N" } },
            { denotation: "CHANNEL", value: { value: 3n } },
            { denotation: "", value: { value: -1n } },
            { denotation: "", value: { case: undefined } },
          ],
        },
      });
    });

    it("leaves dimensions out that the source left out, also in types made since", () => {
      const model = readModel(modelBytes(reluGraph({ input: [floats("x", [null, 3])] })));
      const [x] = model.graph.inputs;
      if (x?.type?.kind !== "tensor" || x.type.shape === null) throw new Error("no shape");
      x.type = { kind: "tensor", dataType: 1, shape: [x.type.shape[0] ?? 0, 2] };
      expect(protoOf(writeModel(model)).graph?.input[0]?.type?.value.value).toMatchObject({
        shape: { dim: [{ value: { case: undefined } }, { value: { value: 2n } }] },
      });
    });
  });

  describe("external data", () => {
    const placement = { external: { threshold: 1000, fileName: "weights.bin" } };

    it("takes the tensors from the threshold on", () => {
      const model = weighted(3, 249, 250, 300_000, 5000);
      const written = writeModel(model, placement);
      const { initializer = [] } = protoOf(written).graph ?? {};
      const entries = initializer.map(({ externalData }) =>
        externalData.map(({ key, value }) => `${key}=${value}`),
      );
      expect(entries).toEqual([
        [],
        [],
        ["location=weights.bin", "offset=0", "length=1000"],
        ["location=weights.bin", "offset=65536", "length=1200000"],
        ["location=weights.bin", "offset=1265536", "length=20000"],
      ]);
      expect(written.files.map(({ name, byteLength }) => [name, byteLength])).toEqual([
        ["weights.bin", 1_285_536],
      ]);
      expect(concatChunks(written.files[0]?.chunks ?? []).byteLength).toBe(1_285_536);
      expect(differences(reread(written), readModel(bytesOf(model)))).toEqual([]);
    });

    it("holds a tensor once that two initialisers share", () => {
      const b = new GraphBuilder();
      const tensor = floatTensor([500], new Float32Array(500));
      b.output(b.op("Add", [b.weight("a", tensor), b.weight("b", tensor)]), "y");
      const written = writeModel(b.model(), placement);
      expect(written.files[0]?.byteLength).toBe(2000);
      expect(reread(written).graph.initializers.size).toBe(2);
    });

    it("is read again and put inside unless asked for, and never keeps the source's name", () => {
      const outside = reread(writeModel(weighted(500), placement));
      expect([...outside.graph.initializers][0]?.initializer?.storage.kind).toBe("external");
      expect(differences(readModel(bytesOf(outside)), readModel(bytesOf(weighted(500))))).toEqual([]);
      const moved = writeModel(outside, { external: { threshold: 0, fileName: "other.bin" } });
      expect(new TextDecoder().decode(concatChunks(moved.chunks))).not.toContain("weights.bin");
    });

    it("gives no file when nothing is large enough", () => {
      expect(writeModel(weighted(3), placement).files).toEqual([]);
    });

    it.each(["", "../w", "a/w", "/w", "C:w", "./w", "."])("refuses the file name %j", (fileName) => {
      const refused = codeOf(() => writeModel(weighted(3), { external: { threshold: 0, fileName } }));
      expect(["INVALID_OPTION", "EXTERNAL_PATH"]).toContain(refused);
    });

    it("fails when the source's file is missing", () => {
      const model = readModel(concatChunks(writeModel(weighted(500), placement).chunks));
      expect(codeOf(() => writeModel(model))).toBe("EXTERNAL_MISSING");
    });
  });

  describe("models of gigabytes", () => {
    /** Tensors of 256 MiB that share their memory. */
    function huge(count: number): Model {
      const tensor = rawTensor(1, [1 << 26], new Uint8Array(1 << 28));
      const b = new GraphBuilder();
      let x = b.input("x", [1]);
      for (let i = 0; i < count; i++) x = b.op("Mul", [x, b.weight("w", tensor)]);
      b.output(x, "y");
      return b.model();
    }

    it("go inside up to 1.5 GiB, and outside beyond", () => {
      expect(writeModel(huge(6)).files).toEqual([]);
      const { files, byteLength } = writeModel(huge(7));
      expect(files.map(({ name }) => name)).toEqual(["model.onnx.data"]);
      expect(byteLength).toBeLessThan(10_000);
    });

    it("are refused beyond 2 GiB when they must stay inside", () => {
      expect(codeOf(() => writeModel(huge(8), { external: "never" }))).toBe("LIMIT_EXCEEDED");
      expect(codeOf(() => writeModel(huge(7), { external: "never" }))).toBe("none");
    });
  });
});
