import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeChunks } from "./encode-chunks.js";
import { ModelProtoSchema, NodeProtoSchema, TensorProtoSchema } from "./onnx_pb.js";
import { concatChunks } from "./write-model.js";

type ModelInit = MessageInitShape<typeof ModelProtoSchema>;

describe("encodeChunks", () => {
  it("hands large payloads on without a copy", () => {
    const rawData = new Uint8Array(5000).fill(1);
    const message = create(ModelProtoSchema, { graph: { initializer: [{ name: "w", rawData }] } });
    expect(encodeChunks(ModelProtoSchema, message)).toContain(rawData);
  });

  it("gathers small messages in few chunks", () => {
    const initializer = Array.from({ length: 1000 }, (_, i) => ({
      name: `w${i}`,
      rawData: new Uint8Array(100),
    }));
    initializer.push({ name: "large", rawData: new Uint8Array(2000) });
    const chunks = encodeChunks(ModelProtoSchema, create(ModelProtoSchema, { graph: { initializer } }));
    expect(chunks.length).toBeLessThan(8);
  });

  it("writes fields that are present and zero, and no others", () => {
    const tensor = create(TensorProtoSchema, { name: "", dataType: 0, rawData: new Uint8Array(2000) });
    const read = fromBinary(TensorProtoSchema, concatChunks(encodeChunks(TensorProtoSchema, tensor)));
    expect(Object.hasOwn(read, "name")).toBe(true);
    expect(Object.hasOwn(read, "dataType")).toBe(true);
    expect(Object.hasOwn(read, "docString")).toBe(false);
  });

  it("leaves the message as it was", () => {
    const message = create(NodeProtoSchema, { attribute: [{ name: "a", s: new Uint8Array(2000) }] });
    const before = toBinary(NodeProtoSchema, message);
    encodeChunks(NodeProtoSchema, message);
    expect(toBinary(NodeProtoSchema, message)).toEqual(before);
  });

  it("means the same as the encoder of protobuf-es", () => {
    const large = fc
      .constantFrom(0, 10, 1023, 1024, 5000)
      .map((length) => new Uint8Array(length).fill(length));
    const tensor = fc.record({
      name: fc.string(),
      rawData: large,
      floatData: fc.array(large, { maxLength: 2 }),
    });
    const node = fc.record({
      opType: fc.string(),
      attribute: fc.array(
        fc.record({ name: fc.string(), t: tensor, strings: fc.array(large, { maxLength: 2 }) }),
        {
          maxLength: 3,
        },
      ),
    });
    const graph = fc.record({
      initializer: fc.array(tensor, { maxLength: 4 }),
      node: fc.array(node, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(graph, fc.string(), (init, producerName) => {
        const message = create(ModelProtoSchema, { graph: init, producerName } as ModelInit);
        message.$unknown = [{ no: 900, wireType: 0, data: Uint8Array.of(5) }];
        const bytes = concatChunks(encodeChunks(ModelProtoSchema, message));
        expect(bytes.byteLength).toBe(toBinary(ModelProtoSchema, message).byteLength);
        const again = toBinary(ModelProtoSchema, fromBinary(ModelProtoSchema, bytes));
        expect(Buffer.compare(again, toBinary(ModelProtoSchema, message))).toBe(0);
      }),
    );
  });
});
