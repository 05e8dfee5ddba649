// Encodes tables by their lists of fields, the counterpart of read/read-table.ts: what a table holds goes before it, in
// the order of the fields, fields with their default are left out. The order follows from the model alone, so the same
// model gives the same bytes.

import type { Builder } from "flatbuffers";
import type { Location } from "../location.js";
import { ENUMS } from "../schema/enums.js";
import { type Field, isScalarKind, isTextKind, isVectorKind, type ScalarKind } from "../schema/field.js";
import { slotCount, TABLES, type TableName, UNIONS } from "../schema/tables.js";
import { requireScalar } from "./require-scalar.js";
import { writeText, writeVector } from "./write-vector.js";

/** Position in the builder; 0 is none. */
type Offset = number;

interface Pending {
  readonly field: Field;
  readonly offset: Offset;
  /** Of a union. */
  readonly tag: number;
}

export class TableWriter {
  readonly #builder: Builder;
  readonly #location: Location;

  constructor(builder: Builder, location: Location) {
    this.#builder = builder;
    this.#location = location;
  }

  /** @throws EspalierError `MALFORMED` for values that their field cannot hold */
  writeTable(name: TableName, value: object): Offset {
    const values = value as Readonly<Record<string, unknown>>;
    const pending: Pending[] = [];
    for (const field of TABLES[name]) {
      const [, fieldName, kind] = field;
      if (isScalarKind(kind) || kind in ENUMS || kind === "absent") continue;
      this.#location.enter(fieldName);
      const written = this.#writeNested(field, values[fieldName]);
      if (written !== null) pending.push({ field, ...written });
      this.#location.leave();
    }
    this.#builder.startObject(slotCount(TABLES[name]));
    for (const { field, offset, tag } of pending) {
      const [slot, , kind] = field;
      const at = kind === "union" ? slot + 1 : slot;
      this.#builder.addFieldOffset(at, offset, 0);
      if (kind === "union") this.#builder.addFieldInt8(slot, tag, 0);
    }
    for (const field of TABLES[name]) {
      this.#location.enter(field[1]);
      this.#writeInline(field, values[field[1]]);
      this.#location.leave();
    }
    return this.#builder.endObject();
  }

  #writeNested([, , kind, detail]: Field, value: unknown): { offset: Offset; tag: number } | null {
    if (isTextKind(kind)) {
      const text = value as string;
      if (text === "" && kind !== "string") return null;
      return { offset: writeText(this.#builder, text, this.#location), tag: 0 };
    }
    if (isVectorKind(kind)) {
      const elements = value as ArrayLike<number | boolean>;
      if (elements.length === 0 && kind.endsWith("?")) return null;
      const align = (detail as number | undefined) ?? 1;
      return { offset: writeVector(this.#builder, elements, kind, align, this.#location), tag: 0 };
    }
    if (kind === "tables")
      return { offset: this.#writeTables(detail as TableName, value as object[]), tag: 0 };
    if (value === null) return null;
    if (kind === "table") return { offset: this.writeTable(detail as TableName, value as object), tag: 0 };
    const { type } = value as { readonly type: TableName };
    const tag = (UNIONS[detail as string] as readonly TableName[]).indexOf(type) + 1;
    if (tag === 0)
      throw this.#location.error("MALFORMED", `No type of ${detail} has this name`, "a type", String(type));
    return { offset: this.writeTable(type, value as object), tag };
  }

  #writeTables(name: TableName, tables: readonly object[]): Offset {
    const offsets = tables.map((table, i) => {
      this.#location.enter(i);
      const offset = this.writeTable(name, table);
      this.#location.leave();
      return offset;
    });
    this.#builder.startVector(4, offsets.length, 4);
    for (const offset of offsets.reverse()) this.#builder.addOffset(offset);
    return this.#builder.endVector();
  }

  #writeInline([slot, , kind, detail]: Field, value: unknown): void {
    const builder = this.#builder;
    if (isScalarKind(kind)) {
      const scalar = requireScalar(kind, value, this.#location);
      const standard = detail ?? (kind === "bool" ? false : kind === "long" ? 0n : 0);
      if (Object.is(scalar, standard)) return;
      addScalar(builder, kind, scalar);
      builder.slot(slot);
    } else if (kind in ENUMS) {
      const names: readonly string[] = ENUMS[kind as keyof typeof ENUMS];
      const place = names.indexOf(value as string);
      if (place === -1)
        throw this.#location.error("MALFORMED", `No ${kind} has this name`, names.join(", "), String(value));
      const standard = detail === undefined ? 0 : names.indexOf(detail as string);
      builder.addFieldInt8(slot, place, standard);
    }
  }
}

function addScalar(builder: Builder, kind: ScalarKind, value: number | bigint | boolean): void {
  switch (kind) {
    case "bool":
    case "byte":
      builder.addInt8(Number(value));
      break;
    case "long":
      builder.addInt64(value as bigint);
      break;
    case "float":
      builder.addFloat32(value as number);
      break;
    default:
      builder.addInt32(value as number);
  }
}
