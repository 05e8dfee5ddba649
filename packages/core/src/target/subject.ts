// A model under the knife: read, its symbolic dimensions resolved, its groups found. What every command
// begins with.

import {
  type ExternalData,
  type Facts,
  inferFacts,
  type Limits,
  type Model,
  readModel,
  resolveBindings,
  type UnboundDimension,
} from "@espalier/ir";
import { findCoupledGroups, type GroupAnalysis } from "../groups/find-groups.js";
import { defaultHandlers } from "../ops/all.js";
import type { HandlerRegistry } from "../ops/handler.js";

export interface SubjectOptions {
  readonly limits?: Partial<Limits>;
  readonly external?: ExternalData;
  /** Symbolic dimensions by name, or `input:axis` for unnamed ones. A leading batch defaults to 1. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly handlers?: HandlerRegistry;
  readonly signal?: AbortSignal;
}

export interface Subject {
  readonly model: Model;
  readonly handlers: HandlerRegistry;
  /** With symbolic dimensions left open: what surgery may rely on. */
  readonly facts: Facts;
  /** At the bound shape: what MACs and inputs are counted from. */
  readonly boundFacts: Facts;
  readonly bindings: Readonly<Record<string, number>>;
  readonly unbound: readonly UnboundDimension[];
  readonly analysis: GroupAnalysis;
}

/** Reads and analyses a model. */
export function openSubject(bytes: Uint8Array, options: SubjectOptions = {}): Subject {
  const { limits, external, dims = {}, handlers = defaultHandlers(), signal } = options;
  const model = readModel(bytes, {
    ...(limits === undefined ? {} : { limits }),
    ...(external === undefined ? {} : { external }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { bindings, unbound } = resolveBindings(model, dims);
  const facts = inferFacts(model);
  return {
    model,
    handlers,
    facts,
    boundFacts: inferFacts(model, { bindings }),
    bindings: Object.fromEntries(bindings),
    unbound,
    analysis: findCoupledGroups(model, facts, handlers),
  };
}
