// The .ipynb file (nbformat 4.5): which cells run, and how their outputs are written down and compared.

/**
 * @typedef {{ output_type: string, name?: string, text?: string, data?: Record<string, string>, metadata?: Record<string, unknown> }} Output
 *   texts are whole strings here, lists of lines in the file
 * @typedef {{ outputs: Output[], executionCount: number }} Outcome what running one code cell gave
 * @typedef {{ cell_type: string, source: string | string[], metadata?: { tags?: string[] }, outputs?: any[], execution_count?: number | null }} Cell
 * @typedef {{ cells: Cell[] }} Notebook
 */

/**
 * @param {Notebook} notebook
 * @returns {Cell[]}
 */
export function codeCells(notebook) {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

/**
 * @param {Cell} cell
 * @returns {string}
 */
export function sourceOf(cell) {
  return joined(cell.source);
}

/**
 * The notebook with fresh outputs, as Jupyter would save it.
 *
 * @param {Notebook} notebook
 * @param {Outcome[]} outcomes one a code cell, in order
 * @returns {string}
 */
export function withOutputs(notebook, outcomes) {
  const cells = codeCells(notebook);
  const written = notebook.cells.map((cell) => {
    const outcome = outcomes[cells.indexOf(cell)];
    if (outcome === undefined) return cell;
    return { ...cell, execution_count: outcome.executionCount, outputs: outcome.outputs.map(inLines) };
  });
  return `${JSON.stringify({ ...notebook, cells: written }, null, 1)}\n`;
}

/**
 * Code cells, counted from 1, whose saved outputs are not the fresh ones. Not compared: PNG pixels, which depend
 * on the fonts of the machine, and cells tagged "volatile".
 *
 * @param {Notebook} notebook
 * @param {Outcome[]} outcomes
 * @returns {number[]}
 */
export function staleCells(notebook, outcomes) {
  const cells = codeCells(notebook);
  return outcomes.flatMap(({ outputs }, i) => {
    if (cells[i]?.metadata?.tags?.includes("volatile")) return [];
    const saved = (cells[i]?.outputs ?? []).map(comparable);
    return JSON.stringify(saved) === JSON.stringify(outputs.map(comparable)) ? [] : [i + 1];
  });
}

/** @param {any} output in memory or from the file */
function comparable({ output_type, name, text, data }) {
  const shown = Object.entries(data ?? {}).map(([mime, value]) => [
    mime,
    mime === "image/png" ? "" : joined(value),
  ]);
  return { output_type, name, text: joined(text ?? ""), data: shown };
}

/** @param {Output} output */
function inLines({ text, data, ...output }) {
  if (text !== undefined) return { ...output, text: lines(text) };
  const shown = Object.entries(data ?? {}).map(([mime, value]) => [
    mime,
    mime === "image/png" ? value : lines(value),
  ]);
  return { ...output, data: Object.fromEntries(shown) };
}

/** @param {string} text */
function lines(text) {
  return text.split(/(?<=\n)/);
}

/** @param {string | string[]} text */
function joined(text) {
  return Array.isArray(text) ? text.join("") : text;
}
