// Which numbers the symbolic dimensions of a model's inputs stand for: what the user says, 1 for a leading
// batch, and the list of those still open.

import { isStatic } from "../dim.js";
import { EspalierError, quoteName } from "../errors.js";
import type { Model } from "../graph/model.js";

export interface UnboundDimension {
  readonly symbol: string;
  /** What to write before `=` to bind it: `--dim <option>=N`. */
  readonly option: string;
  readonly input: string;
  readonly axis: number;
}

export interface ResolvedBindings {
  /** For `inferFacts`. */
  readonly bindings: ReadonlyMap<string, number>;
  readonly unbound: readonly UnboundDimension[];
}

/**
 * @param dims  sizes by symbol, or by `input:axis`, which also reaches symbols shared with other inputs
 * @throws EspalierError `INVALID_OPTION` for a name that no input has, a size that is none, or a contradiction
 */
export function resolveBindings(model: Model, dims: Readonly<Record<string, number>> = {}): ResolvedBindings {
  const open = symbolicAxes(model);
  const bindings = new Map<string, number>();
  for (const [option, size] of Object.entries(dims)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw refused(option, "a positive whole number", String(size));
    }
    const symbols = new Set(
      open
        .filter((one) => one.symbol === option || `${one.input}:${one.axis}` === option)
        .map((one) => one.symbol),
    );
    if (symbols.size === 0) throw refused(option, possibleNames(open), quoteName(option));
    for (const symbol of symbols) {
      const known = bindings.get(symbol);
      if (known !== undefined && known !== size)
        throw refused(option, `${known}, as given before`, String(size));
      bindings.set(symbol, size);
    }
  }
  for (const { symbol, axis } of open) if (axis === 0 && !bindings.has(symbol)) bindings.set(symbol, 1);
  const unbound = new Map<string, UnboundDimension>();
  for (const one of open)
    if (!bindings.has(one.symbol) && !unbound.has(one.symbol)) unbound.set(one.symbol, one);
  return { bindings, unbound: [...unbound.values()] };
}

/** Each named symbol of each axis of each input that the user feeds. */
function symbolicAxes(model: Model): UnboundDimension[] {
  const open: UnboundDimension[] = [];
  for (const { name: input, type, initializer } of model.graph.inputs) {
    if (type?.kind !== "tensor" || initializer !== null) continue;
    for (const [axis, dim] of (type.shape ?? []).entries()) {
      if (isStatic(dim)) continue;
      for (const symbol of dim.symbols) open.push({ symbol, option: symbol, input, axis });
    }
  }
  return open;
}

function possibleNames(open: readonly UnboundDimension[]): string {
  const names = new Set(open.flatMap(({ symbol, input, axis }) => [symbol, `${input}:${axis}`]));
  if (names.size === 0) return "no symbolic dimension: the model's inputs have none";
  return `one of ${[...names].slice(0, 20).map(quoteName).join(", ")}`;
}

function refused(option: string, expected: string, found: string): EspalierError {
  return new EspalierError("INVALID_OPTION", "A dimension cannot be bound", {
    where: `--dim ${quoteName(option)}`,
    expected,
    found,
  });
}
