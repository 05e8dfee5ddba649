// Validity of UTF-8 without decoding it (Unicode 15, table 3-7: no surrogates, no overlong forms, at most U+10FFFF).

/** Position of the first byte that is not valid UTF-8 in `bytes` from `begin` to `end`; -1 when all is valid. */
export function invalidUtf8At(bytes: Uint8Array, begin: number, end: number): number {
  let pos = begin;
  while (pos < end) {
    const lead = bytes[pos] as number;
    if (lead < 0x80) {
      pos++;
      continue;
    }
    const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0 || pos + length > end) return pos;
    const second = bytes[pos + 1] as number;
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return pos;
    for (let i = 2; i < length; i++) if (((bytes[pos + i] as number) & 0xc0) !== 0x80) return pos;
    pos += length;
  }
  return -1;
}
