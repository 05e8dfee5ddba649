// Facts as inference collects them, value by value. Nothing is stored for initialisers, which speak for
// themselves; their contents are read when somebody asks.

import type { DataTypeCode } from "../data-type.js";
import { type Dim, dimText, isStatic } from "../dim.js";
import type { Model } from "../graph/model.js";
import type { Value } from "../graph/value.js";
import type { Limits } from "../limits.js";
import type { Tensor } from "../tensor.js";
import { contentsSize } from "./contents.js";
import type { Facts, TypeFact } from "./facts.js";
import { contentsOfTensor } from "./tensor-contents.js";
import { shortened } from "./unknown.js";

/** Expressions longer than this get a short name: nested ones would double in length at every node. */
const LONGEST_EXPRESSION = 256;

export class FactTable implements Facts {
  readonly #model: Model;
  readonly #limits: Limits;
  readonly #facts = new Map<Value, TypeFact>();
  readonly #constantContents = new Map<Tensor, readonly Dim[] | null>();
  readonly #shortNames = new Map<string, Dim>();
  #budget: number;

  constructor(model: Model, limits: Limits) {
    this.#model = model;
    this.#limits = limits;
    this.#budget = limits.constantElements;
  }

  dataType(value: Value): DataTypeCode | null {
    return value.initializer?.dataType ?? this.#facts.get(value)?.dataType ?? null;
  }

  shape(value: Value): readonly Dim[] | null {
    return value.initializer?.dims ?? this.#facts.get(value)?.shape ?? null;
  }

  constant(value: Value): Tensor | null {
    return value.initializer ?? this.#facts.get(value)?.constant ?? null;
  }

  contents(value: Value): readonly Dim[] | null {
    const constant = this.constant(value);
    if (constant === null) return this.#facts.get(value)?.contents ?? null;
    const known = this.#constantContents.get(constant);
    if (known !== undefined) return known;
    const contents = this.#affordable(contentsOfTensor(constant));
    this.#constantContents.set(constant, contents);
    return contents;
  }

  opset(domain: string): number {
    return this.#model.opset(domain);
  }

  /** Records what is known of a value. Impossible shapes count as unknown. */
  set(value: Value, fact: TypeFact): void {
    const { dataType, constant = null } = fact;
    const possible =
      fact.shape !== null && fact.shape.length <= this.#limits.rank && fact.shape.every(isPossibleSize);
    const shape = possible ? (fact.shape as readonly Dim[]).map((dim) => this.#short(dim)) : null;
    let contents: readonly Dim[] | null = null;
    if (fact.contents && fact.contents.length === contentsSize(shape)) {
      contents = this.#affordable(fact.contents)?.map((element) => this.#short(element)) ?? null;
    }
    this.#facts.set(value, { dataType, shape, contents, constant });
  }

  #affordable(contents: readonly Dim[] | null): readonly Dim[] | null {
    if (contents === null || contents.length > this.#budget) return null;
    this.#budget -= contents.length;
    return contents;
  }

  /** The dimension itself, or a short symbol in place of a long expression: always the same for the same. */
  #short(dim: Dim): Dim {
    if (isStatic(dim)) return dim;
    const text = dimText(dim);
    if (text.length <= LONGEST_EXPRESSION) return dim;
    const known = this.#shortNames.get(text);
    if (known !== undefined) return known;
    const name = shortened(text, this.#shortNames.size);
    this.#shortNames.set(text, name);
    return name;
  }
}

function isPossibleSize(dim: Dim): boolean {
  return isStatic(dim) ? Number.isSafeInteger(dim) && dim >= 0 : Number.isInteger(dim.coefficient);
}
