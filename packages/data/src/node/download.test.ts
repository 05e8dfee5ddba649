import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { download } from "./download.js";
import { readFromFolder, readPublished } from "./find-data.js";
import type { PublishedFile } from "./published-file.js";
import { unpack } from "./unpack.js";

const BODY = new Uint8Array(300_000).map((_, at) => (at * 31) % 251);
/** Looking at each element takes a matcher seconds. */
const isBody = (bytes: Uint8Array | null): boolean => bytes !== null && Buffer.compare(bytes, BODY) === 0;
const WANTED = { set: "A set", builtIn: "digits" };

let server: Server;
let base: string;
let asked: string[] = [];
let folder: string;

const ROUTES: Readonly<Record<string, RequestListener>> = {
  "/good": (_, response) => response.end(BODY),
  "/moved": (_, response) => response.writeHead(302, { location: "/good" }).end(),
  "/round": (_, response) => response.writeHead(302, { location: "/round" }).end(),
  "/missing": (_, response) => response.writeHead(404).end("no"),
  "/broken": (_, response) => response.writeHead(500).end("no"),
  "/short": (_, response) => response.end(BODY.subarray(0, 1000)),
  "/long": (_, response) => response.end(Buffer.concat([BODY, BODY.subarray(0, 1)])),
  "/other": (_, response) => response.end(BODY.map((byte) => byte ^ 1)),
  "/endless": (_, response) => {
    const more = (): void => {
      if (!response.destroyed && response.write(BODY)) setImmediate(more);
    };
    response.on("drain", more);
    more();
  },
  "/cut": (_, response) => {
    response.writeHead(200, { "content-length": BODY.length });
    response.write(BODY.subarray(0, 5000), () => response.destroy());
  },
  "/silent": (_, response) => void response.write(BODY.subarray(0, 10)),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    (ROUTES[request.url ?? ""] ?? (ROUTES["/missing"] as RequestListener))(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  folder = mkdtempSync(join(tmpdir(), "espalier-data-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function published(...routes: string[]): PublishedFile {
  return {
    path: "a/set.bin",
    urls: routes.map((route) => (route.startsWith("http") ? route : base + route)),
    bytes: BODY.length,
    sha256: createHash("sha256").update(BODY).digest("hex"),
  };
}

describe("download", () => {
  it("gives the file, also from another address, and tells how far it is", async () => {
    const done: number[] = [];
    const bytes = await download(published("/moved"), {
      onProgress: (event) => {
        expect(event).toMatchObject({ total: BODY.length, unit: "bytes" });
        done.push(event.done);
      },
    });
    expect(isBody(bytes)).toBe(true);
    expect(done.at(-1)).toBe(BODY.length);
    expect([...done].sort((a, b) => a - b)).toEqual(done);
  });

  it.each([
    ["/missing", "404"],
    ["/broken", "500"],
    ["/short", "1000 bytes"],
    ["/long", "more"],
    ["/endless", "more"],
    ["/other", "sha256"],
    ["/cut", "an answer"],
    ["/round", "redirect"],
    ["http://127.0.0.1:1/", "an answer"],
  ])("refuses %s", async (route, reason) => {
    const error = await download(published(route)).catch((caught) => caught);
    expect(error).toMatchObject({ name: "EspalierError", code: "DOWNLOAD_FAILED" });
    expect(error.message).toContain(reason);
  });

  it("takes the next address, and tells what each one answered", async () => {
    expect(isBody(await download(published("/missing", "/other", "/good")))).toBe(true);
    expect(asked).toEqual(["/missing", "/other", "/good"]);
    const error = await download(published("/missing", "/short")).catch((caught) => caught);
    expect(error.code).toBe("DOWNLOAD_FAILED");
    expect(error.message).toMatch(/404.*1000 bytes/);
  });

  it("waits no longer than it is told to for a server that falls silent", async () => {
    const error = await download(published("/silent"), { silenceMs: 150 }).catch((caught) => caught);
    expect(error.code).toBe("DOWNLOAD_FAILED");
    expect(error.message).toContain("silence for 0.15 s");
  });

  it("stops when it is cancelled, before and meanwhile, and asks no other address then", async () => {
    const before = await download(published("/good"), { signal: AbortSignal.abort() }).catch((e) => e);
    expect(before.code).toBe("ABORTED");
    expect(asked).toEqual([]);
    const control = new AbortController();
    const meanwhile = download(published("/silent", "/good"), {
      signal: control.signal,
      onProgress: () => control.abort(),
    });
    expect(await meanwhile.catch((e) => e)).toMatchObject({ code: "ABORTED" });
    expect(asked).toEqual(["/silent"]);
  });
});

describe("readPublished", () => {
  const place = () => ({ folder: null, cache: folder });
  const names = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((e) =>
      e.isFile() ? [e.name] : [],
    );

  it("keeps what it downloaded, and asks once", async () => {
    expect(isBody(await readPublished(place(), published("/good"), WANTED))).toBe(true);
    expect(isBody(await readPublished(place(), published("/good"), WANTED))).toBe(true);
    expect(isBody(await readPublished({ ...place(), download: false }, published("/good"), WANTED))).toBe(
      true,
    );
    expect(asked).toEqual(["/good"]);
    expect(names()).toEqual(["set.bin"]);
  });

  it.each([
    ["cut off", BODY.subarray(0, 999)],
    ["longer", new Uint8Array(BODY.length + 1)],
    ["altered", BODY.map((byte, at) => (at === 7 ? byte ^ 1 : byte))],
  ])("fetches anew what was %s in the cache", async (_, wrong) => {
    await readPublished(place(), published("/good"), WANTED);
    const path = join(folder, "a/set.bin");
    writeFileSync(path, wrong);
    expect(isBody(await readPublished(place(), published("/good"), WANTED))).toBe(true);
    expect(isBody(readFileSync(path))).toBe(true);
  });

  it("keeps nothing of a download that failed, and says what to do", async () => {
    const error = await readPublished(place(), published("/other"), WANTED).catch((caught) => caught);
    expect(error).toMatchObject({ code: "DATA_MISSING", cause: { code: "DOWNLOAD_FAILED" } });
    expect(error.message).toMatch(/A set is not here.*a\/set\.bin.*ESPALIER_DATA.*built-in set "digits"/);
    expect(names()).toEqual([]);
    // Every address once with its answer, and no error told inside the error.
    const tried = published("/missing", "/short");
    const { message } = await readPublished(place(), tried, WANTED).catch((caught) => caught);
    for (const url of tried.urls) expect(message.split(url)).toHaveLength(2);
    expect(message.match(/\[[A-Z_]+\]/g)).toEqual(["[DATA_MISSING]"]);
    expect(message).toMatch(/found no download: \S+\/missing: 404 \w.*; \S+\/short: .*1000 bytes/);
  });

  it("asks nobody when it may not", async () => {
    const offline = { ...place(), download: false };
    await expect(readPublished(offline, published("/good"), WANTED)).rejects.toThrow(/DATA_MISSING/);
    expect(asked).toEqual([]);
  });

  it("works without a cache, and with one that cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    for (const cache of [null, join(folder, "file", "below")])
      expect(isBody(await readPublished({ folder: null, cache }, published("/good"), WANTED))).toBe(true);
  });

  it("serves many at once, each of them whole", async () => {
    const many = Array.from({ length: 12 }, () => readPublished(place(), published("/good"), WANTED));
    for (const bytes of await Promise.all(many)) expect(isBody(bytes)).toBe(true);
    expect(names()).toEqual(["set.bin"]);
  });
});

describe("readFromFolder", () => {
  it("takes the first place that has the file, packed or not", async () => {
    writeFileSync(join(folder, "b.bin.gz"), gzipSync(BODY));
    writeFileSync(join(folder, "c.bin"), BODY.subarray(0, 10));
    const read = (paths: string[], most = BODY.length) => readFromFolder({ folder }, paths, most);
    expect(isBody(await read(["a.bin", "b.bin.gz", "c.bin"]))).toBe(true);
    expect(await read(["c.bin", "b.bin.gz"])).toEqual(BODY.subarray(0, 10));
    expect(await read(["a.bin"])).toBeNull();
    expect(await read(["c.bin/d.bin"])).toBeNull();
    await expect(read(["c.bin"], 9)).rejects.toThrow(/LIMIT_EXCEEDED/);
    expect(await readFromFolder({ folder: null }, ["c.bin"], 10)).toBeNull();
  });
});

describe("unpack", () => {
  it("is bounded by what the file can be", async () => {
    const bomb = gzipSync(new Uint8Array(16 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(20_000);
    // What it unpacks to is too large to be shown by a matcher.
    const outcome = (most: number): Promise<unknown> =>
      unpack(bomb, most, "a.gz").then(
        ({ length }) => length,
        ({ message }) => message,
      );
    expect(await outcome(1000)).toMatch(/LIMIT_EXCEEDED.*at most 1000 bytes/);
    expect(await outcome(16 * 1024 * 1024)).toBe(16 * 1024 * 1024);
  });

  it("tells cut files from damaged ones", async () => {
    const packed = gzipSync(BODY);
    await expect(unpack(packed.subarray(0, packed.length - 20), 1e6, "a")).rejects.toThrow(/TRUNCATED/);
    const damaged = Uint8Array.from(packed);
    damaged[packed.length - 6] = (damaged[packed.length - 6] as number) ^ 1;
    await expect(unpack(damaged, 1e6, "a")).rejects.toThrow(/INVALID_DATA/);
    await expect(unpack(Uint8Array.of(1, 2, 3), 1e6, "a")).rejects.toThrow(/INVALID_DATA/);
  });
});
