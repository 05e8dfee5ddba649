import { describe, expect, it } from "vitest";
import { readTarMembers } from "./tar-members.js";

interface Entry {
  readonly path: string;
  readonly body: string;
  readonly type?: string;
  /** In place of the true size. */
  readonly size?: string;
}

/** ustar, written down independently: 512 bytes of header with a sum, the body in blocks of 512. */
function tar(entries: readonly Entry[], end = 1024): Uint8Array {
  const blocks = entries.map(({ path, body, type = "0", size }) => {
    const block = new Uint8Array(512 + Math.ceil(body.length / 512) * 512);
    const put = (text: string, at: number): void => block.set(new TextEncoder().encode(text), at);
    put(path, 0);
    put(size ?? body.length.toString(8).padStart(11, "0"), 124);
    put("        ", 148);
    put(type, 156);
    put("ustar", 257);
    const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    put(body, 512);
    return [...block];
  });
  return Uint8Array.from([...blocks.flat(), ...new Array(end).fill(0)]);
}

const entries: readonly Entry[] = [
  { path: "d/", body: "", type: "5" },
  { path: "d/readme.html", body: "x".repeat(700) },
  { path: "d/a.bin", body: "alpha" },
  { path: "d/b.bin", body: "beta!" },
];
const wanted = ["d/b.bin", "d/a.bin"].map((path) => ({ path, bytes: 5 }));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("readTarMembers", () => {
  it("finds members by name, in the order they are wanted", () => {
    expect(readTarMembers(tar(entries), wanted, "a.tar").map(text)).toEqual(["beta!", "alpha"]);
    expect(readTarMembers(tar(entries, 0), wanted, "a.tar").map(text)).toEqual(["beta!", "alpha"]);
  });

  it.each([
    ["a member that is missing", entries.slice(0, 3), /INVALID_DATA.*no such file/],
    ["a member twice", [...entries, entries[2] as Entry], /INVALID_DATA.*twice/],
    [
      "a link in the place of a member",
      [...entries.slice(0, 3), { path: "d/b.bin", body: "", type: "2" }],
      /INVALID_DATA.*no such file/,
    ],
    ["another size", [...entries.slice(0, 3), { path: "d/b.bin", body: "be" }], /INVALID_DATA.*2 bytes/],
    [
      "a size beyond the end",
      [...entries.slice(0, 3), { path: "d/b.bin", body: "beta!", size: "77777777777" }],
      /TRUNCATED/,
    ],
    [
      "a negative size",
      [...entries.slice(0, 3), { path: "d/b.bin", body: "beta!", size: "-0000001000" }],
      /INVALID_DATA.*damaged header/,
    ],
  ])("refuses %s", (_, list, error) => {
    expect(() => readTarMembers(tar(list), wanted, "a.tar")).toThrow(error);
  });

  it("refuses a flipped bit in a header, and what is cut off", () => {
    const archive = tar(entries);
    const flipped = archive.slice();
    // in the owner's number, which nobody reads
    flipped[110] = (flipped[110] as number) ^ 1;
    expect(() => readTarMembers(flipped, wanted, "a.tar")).toThrow(/INVALID_DATA/);
    expect(() => readTarMembers(archive.subarray(0, archive.length - 1024 - 512), wanted, "a.tar")).toThrow(
      /TRUNCATED/,
    );
  });
});
