// Decodes tables of a FlatBuffer by their lists of fields, verifying each thing before it is read: vtables, offsets,
// lengths, alignment, texts, tags. Offsets only point forwards and tables nest as the schema says, six deep at most
// (model, subgraph, tensor, sparsity, dimension, indices), so there is neither a cycle nor a depth to bound. What the
// numbers mean is checked afterwards, in ../verify.

import type { Limits } from "@espalier/ir";
import type { Location } from "../location.js";
import { ENUMS, type EnumName } from "../schema/enums.js";
import {
  type Field,
  isScalarKind,
  isTextKind,
  isVectorKind,
  SCALAR_BYTES,
  type ScalarKind,
} from "../schema/field.js";
import { REASONS, slotCount, TABLES, type TableName, UNIONS } from "../schema/tables.js";
import { FileView } from "./file-view.js";
import { MemoryBudget } from "./memory-budget.js";
import { readText, readVector } from "./read-vector.js";

/** A table as it is decoded. */
export type RawTable = Record<string, unknown>;

const HEAP_OF_TABLE = 96;
const HEAP_OF_FIELD = 24;
const VTABLE_HEADER = 4;

/** Where the fields of one table lie. */
interface Frame {
  readonly at: number;
  readonly size: number;
  readonly vtable: number;
  readonly slots: number;
}

export class TableReader {
  readonly #file: FileView;
  readonly #budget: MemoryBudget;
  readonly #location: Location;

  constructor(bytes: Uint8Array, limits: Limits, location: Location) {
    this.#file = new FileView(bytes, location);
    this.#budget = new MemoryBudget(bytes.byteLength, limits, location);
    this.#location = location;
  }

  get file(): FileView {
    return this.#file;
  }

  /**
   * @param at  position of the offset of the table, required before
   * @throws EspalierError `TRUNCATED`, `MALFORMED`, `LIMIT_EXCEEDED`, `AMBIGUOUS`, `NONFINITE`, `OVERFLOW`,
   * `UNSUPPORTED`, `UNSUPPORTED_VERSION`
   */
  readTable(name: TableName, at: number): RawTable {
    const table = TABLES[name];
    const frame = this.#frame(this.#file.follow(at, `The table ${name}`), slotCount(table));
    this.#budget.spend(HEAP_OF_TABLE + HEAP_OF_FIELD * table.length + 2 * frame.slots);
    const decoded: RawTable = {};
    for (const field of table) {
      this.#location.enter(field[1]);
      const value = this.#readField(frame, field);
      if (value !== undefined) decoded[field[1]] = value;
      this.#location.leave();
    }
    return decoded;
  }

  /** The vtable of the table at `at`: as long as it says, every slot inside the table, none that is not known. */
  #frame(at: number, known: number): Frame {
    const file = this.#file;
    const vtable = at - file.int32(at);
    file.require(vtable, VTABLE_HEADER, 2, "A vtable");
    const vtableSize = file.uint16(vtable);
    const size = file.uint16(vtable + 2);
    if (vtableSize < VTABLE_HEADER || vtableSize % 2 !== 0)
      throw this.#location.error(
        "MALFORMED",
        "A vtable has an impossible size",
        "even, at least 4",
        String(vtableSize),
      );
    file.require(vtable, vtableSize, 2, "A vtable");
    if (size < 4)
      throw this.#location.error(
        "MALFORMED",
        "A table is smaller than its own header",
        "at least 4",
        String(size),
      );
    file.require(at, size, 4, "A table");
    const slots = (vtableSize - VTABLE_HEADER) / 2;
    for (let slot = 0; slot < slots; slot++) {
      const offset = file.uint16(vtable + VTABLE_HEADER + 2 * slot);
      if (offset === 0) continue;
      if (slot >= known)
        throw this.#location.error(
          "UNSUPPORTED_VERSION",
          "A table has a field that is not known",
          `at most ${known} fields`,
          `field ${slot}`,
          "The file was made for a newer schema; what such a field means cannot be told, and it would be lost.",
        );
      if (offset < 4 || offset >= size)
        throw this.#location.error(
          "MALFORMED",
          "A field lies outside its table",
          `from 4 to ${size - 1}`,
          String(offset),
        );
    }
    return { at, size, vtable, slots };
  }

  /** Position of a slot's `size` bytes; 0 where the table leaves it out. */
  #position({ at, size, vtable, slots }: Frame, slot: number, bytes: number): number {
    if (slot >= slots) return 0;
    const offset = this.#file.uint16(vtable + VTABLE_HEADER + 2 * slot);
    if (offset === 0) return 0;
    if (offset + bytes > size)
      throw this.#location.error(
        "MALFORMED",
        "A field lies outside its table",
        `at most ${size}`,
        String(offset + bytes),
      );
    this.#file.require(at + offset, bytes, bytes, "A field");
    return at + offset;
  }

  #readField(frame: Frame, field: Field): unknown {
    const [slot, , kind, detail] = field;
    if (isScalarKind(kind)) return this.#readScalar(frame, slot, kind, detail);
    if (kind === "absent") return this.#refuseIfPresent(frame, field);
    if (kind === "union") return this.#readUnion(frame, slot, detail as string);
    if (kind in ENUMS) return this.#readEnum(frame, slot, kind as EnumName, detail as string | undefined);
    const at = this.#position(frame, slot, 4);
    if (kind === "table") return at === 0 ? null : this.readTable(detail as TableName, at);
    if (kind === "tables") return at === 0 ? [] : this.#readTables(detail as TableName, at);
    if (isTextKind(kind))
      return at === 0
        ? ""
        : readText(
            this.#file,
            this.#file.follow(at, "A text"),
            kind !== "text?",
            this.#budget,
            this.#location,
          );
    if (isVectorKind(kind)) {
      const target = at === 0 ? null : this.#file.follow(at, "A vector");
      return readVector(this.#file, target, kind, this.#budget, this.#location);
    }
    throw new Error(`No way to read a field of kind ${kind}`);
  }

  #readScalar(frame: Frame, slot: number, kind: ScalarKind, detail: Field[3]): boolean | number | bigint {
    const file = this.#file;
    const at = this.#position(frame, slot, SCALAR_BYTES[kind]);
    switch (kind) {
      case "bool":
        return at === 0 ? detail === true : this.#readBool(at);
      case "byte":
        return at === 0 ? 0 : file.signedByte(at);
      case "uint":
      case "subgraph:uint":
        return at === 0 ? 0 : file.uint32(at);
      case "int":
      case "subgraph":
        return at === 0 ? ((detail as number | undefined) ?? 0) : file.int32(at);
      case "long":
        return at === 0 ? 0n : file.int64(at);
      case "float":
        return at === 0 ? 0 : this.#readFloat(at);
    }
  }

  #readBool(at: number): boolean {
    const byte = this.#file.byte(at);
    // Readers disagree on what else than 0 and 1 is.
    if (byte > 1)
      throw this.#location.error("AMBIGUOUS", "A truth value is neither 0 nor 1", "0 or 1", String(byte));
    return byte === 1;
  }

  #readFloat(at: number): number {
    const value = this.#file.float32(at);
    if (!Number.isFinite(value))
      throw this.#location.error("NONFINITE", "An option is not finite", "a finite number", String(value));
    return value;
  }

  #readEnum(frame: Frame, slot: number, kind: EnumName, detail: string | undefined): string {
    const names: readonly string[] = ENUMS[kind];
    const at = this.#position(frame, slot, 1);
    if (at === 0) return detail ?? (names[0] as string);
    const value = this.#file.signedByte(at);
    const name = names[value];
    if (name === undefined)
      throw this.#location.error(
        "UNSUPPORTED_VERSION",
        `A ${kind} is not known`,
        `0 to ${names.length - 1}`,
        String(value),
      );
    return name;
  }

  #readTables(name: TableName, at: number): RawTable[] {
    const file = this.#file;
    const target = file.follow(at, "A vector");
    const length = file.uint32(target);
    file.require(target + 4, 4 * length, 4, "A vector");
    this.#budget.spend(64 + 8 * length);
    const tables: RawTable[] = [];
    for (let i = 0; i < length; i++) {
      this.#location.enter(i);
      tables.push(this.readTable(name, target + 4 + 4 * i));
      this.#location.leave();
    }
    return tables;
  }

  #readUnion(frame: Frame, slot: number, name: string): RawTable | null {
    const tagAt = this.#position(frame, slot, 1);
    const tag = tagAt === 0 ? 0 : this.#file.byte(tagAt);
    const at = this.#position(frame, slot + 1, 4);
    if (tag === 0) {
      if (at === 0) return null;
      throw this.#location.error("AMBIGUOUS", "A value has no type", "a type, or no value", "type 0");
    }
    const members = UNIONS[name] as readonly TableName[];
    const member = members[tag - 1];
    if (member === undefined)
      throw this.#location.error(
        "UNSUPPORTED_VERSION",
        `A type of ${name} is not known`,
        `1 to ${members.length}`,
        String(tag),
      );
    if (at === 0)
      throw this.#location.error("MALFORMED", "A type has no value", `a table ${member}`, "nothing");
    return { type: member, ...this.readTable(member, at) };
  }

  /** A field that is known and not read may hold its default or nothing, and is then no loss. */
  #refuseIfPresent(frame: Frame, [slot, name, , stored]: Field): undefined {
    const file = this.#file;
    if (stored === "union") {
      const tagAt = this.#position(frame, slot, 1);
      const valueAt = this.#position(frame, slot + 1, 4);
      if (valueAt === 0 && (tagAt === 0 || file.byte(tagAt) === 0)) return undefined;
    } else if (stored === "vector") {
      const at = this.#position(frame, slot, 4);
      if (at === 0 || file.uint32(file.follow(at, "A vector")) === 0) return undefined;
    } else {
      const bytes = stored === "ulong" ? 8 : stored === "uint" ? 4 : 1;
      const at = this.#position(frame, slot, bytes);
      if (at === 0 || file.slice(at, bytes).every((byte) => byte === 0)) return undefined;
    }
    throw this.#location.error("UNSUPPORTED", REASONS[name] as string, "nothing here", `a ${stored}`);
  }
}
