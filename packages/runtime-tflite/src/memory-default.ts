// How much memory a model gets that nobody set a ceiling for.

const MIB = 1024 * 1024;

/** Three times the file, for its bytes, the prepared weights and what computes with them, and 1 GiB. */
export function defaultMemoryBytes({ byteLength }: Uint8Array): number {
  return 3 * byteLength + 1024 * MIB;
}
