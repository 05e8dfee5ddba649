// Turns a weight between the layout of PyTorch, [outputs, inputs], and that of MatMul, [inputs, outputs].

/** [rows, columns] → [columns, rows], row-major. */
export function transposeMatrix(values: Float32Array, dims: readonly number[]): Float32Array {
  const [rows = 0, columns = 0] = dims;
  const turned = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = values[row * columns + column] as number;
  return turned;
}
