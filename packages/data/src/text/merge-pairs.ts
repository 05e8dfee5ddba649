// Byte pair encoding: of all neighbours that are a token together, those of the best score become it, the first ones
// where scores are equal, until there are none. A heap of candidates keeps long texts from taking quadratic time.

export interface MergeTable {
  /** The token that two become together; −1 for none. */
  merged(left: number, right: number): number;
  readonly scores: readonly number[];
}

interface Candidate {
  readonly score: number;
  /** Place of the left one. */
  readonly at: number;
  readonly left: number;
  readonly right: number;
  readonly token: number;
}

export function mergePairs(symbols: readonly number[], { merged, scores }: MergeTable): Int32Array {
  const ids = Int32Array.from(symbols);
  const next = Int32Array.from(symbols, (_, i) => (i + 1 < symbols.length ? i + 1 : -1));
  const previous = Int32Array.from(symbols, (_, i) => i - 1);
  const heap: Candidate[] = [];
  const consider = (at: number): void => {
    const after = at === -1 ? -1 : (next[at] as number);
    if (after === -1) return;
    const [left, right] = [ids[at] as number, ids[after] as number];
    const token = merged(left, right);
    if (token !== -1) push(heap, { score: scores[token] as number, at, left, right, token });
  };
  for (let at = 0; at < ids.length; at++) consider(at);
  for (let best = pop(heap); best !== undefined; best = pop(heap)) {
    const { at, left, right, token } = best;
    const after = next[at] as number;
    // What was merged meanwhile is no candidate any more.
    if (ids[at] !== left || after === -1 || ids[after] !== right) continue;
    ids[at] = token;
    ids[after] = -1;
    const beyond = next[after] as number;
    next[at] = beyond;
    if (beyond !== -1) previous[beyond] = at;
    consider(previous[at] as number);
    consider(at);
  }
  return ids.filter((id) => id !== -1);
}

function comesBefore(a: Candidate, b: Candidate): boolean {
  return a.score > b.score || (a.score === b.score && a.at < b.at);
}

function push(heap: Candidate[], added: Candidate): void {
  let at = heap.length;
  heap.push(added);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!comesBefore(added, heap[parent] as Candidate)) break;
    heap[at] = heap[parent] as Candidate;
    at = parent;
  }
  heap[at] = added;
}

function pop(heap: Candidate[]): Candidate | undefined {
  const best = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return best;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && comesBefore(heap[child + 1] as Candidate, heap[child] as Candidate))
      child++;
    if (!comesBefore(heap[child] as Candidate, last)) break;
    heap[at] = heap[child] as Candidate;
    at = child;
  }
  heap[at] = last;
  return best;
}
