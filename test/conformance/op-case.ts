// A case of the conformance suite: one small model in which an operator sits between layers that can shrink.

import type { MemberRole, ReasonCode } from "@espalier/core";
import { floatTensor, intAttribute, type Value } from "@espalier/ir";
import type { Net } from "../topologies/topology.js";

export interface OpCase {
  /** What is special about it. */
  readonly name: string;
  readonly opset?: number;
  /** Operator sets beside ONNX's own. */
  readonly opsets?: Readonly<Record<string, number>>;
  readonly build: (net: Net) => void;
  /**
   * shrinks: some axis of a tensor at the operator shrinks with its neighbours.
   * keeps: the operator is described, and nothing at it may shrink here.
   * A reason: the operator is a barrier.
   */
  readonly expects: "shrinks" | "keeps" | { readonly barrier: ReasonCode };
  /** Roles of constants that the operator reads, by `<input>#<axis>`. */
  readonly roles?: Readonly<Record<string, MemberRole>>;
  /** Why ONNX Runtime cannot run it; then only the structure is tested. */
  readonly notRunnable?: string;
}

/** Cases by operator: `Conv`, `com.microsoft:Gelu`. */
export type OpCases = Readonly<Record<string, readonly OpCase[]>>;

export const SHRINKS = "shrinks" as const;
export const KEEPS = "keeps" as const;

/** image → Conv (6 channels) → `op` → Conv → head. The operator gives `channels` channels. */
export function between(op: (a: Value, net: Net) => Value, channels = 6): (net: Net) => void {
  return (net) => {
    const a = net.conv(net.image(), 3, 6, { name: "before" });
    net.head(net.conv(op(a, net), channels, 4, { name: "after" }), 4);
  };
}

/** [1, 4, 5] → MatMul (6 features) → `op` → MatMul. The operator gives `features` features. */
export function betweenTokens(op: (a: Value, net: Net) => Value, features = 6): (net: Net) => void {
  return (net) => {
    const x = net.builder.input("x", [1, 4, 5]);
    const a = net.builder.op("MatMul", [x, net.weights("before.w", [5, 6])], { name: "before" });
    const b = net.builder.op("MatMul", [op(a, net), net.weights("after.w", [features, 3])], {
      name: "after",
    });
    net.builder.output(b, "y");
  };
}

/** Values between 0 and 1. */
export function bounded(net: Net, a: Value): Value {
  return net.builder.op("Sigmoid", [a], { name: "bounded" });
}

/** Where values are positive. */
export function positive(net: Net, a: Value): Value {
  return net.builder.op("Greater", [a, scalar(net, 0)], { name: "positive" });
}

export function cast(net: Net, a: Value, to: number): Value {
  return net.builder.op("Cast", [a], { name: "cast", attributes: { to: intAttribute(to) } });
}

export function scalar(net: Net, value: number): Value {
  return net.builder.weight("scalar", floatTensor([], [value]));
}
