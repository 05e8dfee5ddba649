// One claim of a receipt and how it stands.

/**
 * `holds` and `fails`: computed anew and compared. `unchecked`: it could not be, and `found` says why.
 * What is `informational` is a record of one machine at one time, such as a latency: nothing that could be
 * computed anew, so that it is left unchecked does not make a check incomplete.
 */
export interface Claim {
  readonly name: string;
  readonly status: "holds" | "fails" | "unchecked";
  readonly informational: boolean;
  /** What the receipt says, or what would be needed to check it. */
  readonly expected: string;
  readonly found: string;
}

/** Compares two texts; long ones are cut around their first difference. */
export function compared(name: string, expected: string, found: string): Claim {
  const status = expected === found ? "holds" : "fails";
  const [e, f] = status === "holds" ? [shortened(expected, 0), shortened(found, 0)] : around(expected, found);
  return { name, status, informational: false, expected: e, found: f };
}

/** Compares plain data, the order of keys included. */
export function comparedData(name: string, expected: unknown, found: unknown): Claim {
  return compared(name, JSON.stringify(expected) ?? "nothing", JSON.stringify(found) ?? "nothing");
}

export function holds(name: string, found: string): Claim {
  return { name, status: "holds", informational: false, expected: found, found };
}

export function fails(name: string, expected: string, found: string): Claim {
  return { name, status: "fails", informational: false, expected, found };
}

export function unchecked(name: string, expected: string, found: string): Claim {
  return { name, status: "unchecked", informational: false, expected, found };
}

export function recorded(name: string, found: string): Claim {
  return { name, status: "unchecked", informational: true, expected: "a record, not a claim", found };
}

const LONGEST = 200;

function around(a: string, b: string): [string, string] {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const start = a.length <= LONGEST && b.length <= LONGEST ? 0 : Math.max(0, same - 60);
  return [shortened(a, start), shortened(b, start)];
}

function shortened(text: string, start: number): string {
  const cut = text.slice(start, start + LONGEST);
  return `${start > 0 ? "…" : ""}${cut}${start + LONGEST < text.length ? "…" : ""}`;
}
