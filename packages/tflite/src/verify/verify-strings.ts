// The elements of a tensor of strings: their number, where each begins and where the last ends (int32, from the start
// of the buffer), then the bytes. Any bytes: nothing says that they are UTF-8.

import { refusal } from "../location.js";

/** @throws EspalierError `TENSOR_SIZE`, `MALFORMED` */
export function verifyStrings(data: Uint8Array, elements: number, where: string): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const header = 4 * (elements + 2);
  if (data.byteLength < header)
    throw refusal(
      "TENSOR_SIZE",
      "A buffer of strings ends within its offsets",
      where,
      `at least ${header} bytes`,
      String(data.byteLength),
    );
  const count = view.getInt32(0, true);
  if (count !== elements)
    throw refusal(
      "TENSOR_SIZE",
      "A buffer holds another number of strings than its tensor",
      where,
      String(elements),
      String(count),
    );
  let last = header;
  for (let i = 0; i <= elements; i++) {
    const offset = view.getInt32(4 + 4 * i, true);
    if (offset < last || (i === 0 && offset !== header))
      throw refusal(
        "MALFORMED",
        "The strings of a buffer do not follow each other",
        where,
        `an offset of ${i === 0 ? "" : "at least "}${last}`,
        String(offset),
      );
    last = offset;
  }
  if (last !== data.byteLength)
    throw refusal(
      "TENSOR_SIZE",
      "The strings of a buffer end elsewhere than the buffer",
      where,
      String(data.byteLength),
      String(last),
    );
}
