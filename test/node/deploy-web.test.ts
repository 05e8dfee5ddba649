// The deployed folder of deploy-web and the server for it, as users meet them. Runs dist/, so build first.

import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { readReceipt } from "@espalier/core";
import { readInputCard } from "@espalier/interchange";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { espalierIn } from "../cli-process.js";
import {
  DIGITS,
  deployDigits,
  deployWeb,
  SAMPLES,
  type ServedPages,
  servePages,
} from "../deploy-web-process.js";

let box = "";
let folder = "";

beforeAll(() => {
  box = mkdtempSync(join(tmpdir(), "espalier-deploy-web-"));
  folder = join(box, "page");
  const { status, stderr } = deployDigits(folder);
  expect(status, stderr).toBe(0);
});
afterAll(() => rmSync(box, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const read = (...names: string[]): Buffer => readFileSync(join(folder, ...names));

describe("deploying", () => {
  it("writes pages, networks, card and samples, all of them in the receipt", () => {
    const receipt = readReceipt(new Uint8Array(read("receipt.json")));
    const listed = new Set([...receipt.files.map(({ path }) => path), "receipt.json"]);
    const found = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    expect(new Set(found)).toEqual(listed);
    for (const { path, sha256: digest } of receipt.files) expect(sha256(read(path)), path).toBe(digest);
    for (const path of [
      "index.html",
      "prune.html",
      "model.onnx",
      "dense.onnx",
      "model.io.json",
      "samples/3.png",
    ])
      expect(listed).toContain(path);
    expect(receipt.target).toBe("web");
  });

  it("tells the page sizes that a download has", () => {
    const { original, pruned } = JSON.parse(read("deployment.json").toString());
    for (const { path, sha256: digest, size } of [original, pruned]) {
      expect(sha256(read(path))).toBe(digest);
      expect(size.raw).toBe(read(path).byteLength);
      expect(size.gzip).toBeLessThan(size.raw);
      expect(Math.abs(size.gzip / gzipSync(read(path)).byteLength - 1)).toBeLessThan(0.02);
    }
    expect(pruned.size.raw).toBeLessThan(original.size.raw);
  });

  it("names no other site in what it wrote for the browser", () => {
    for (const path of ["index.html", "prune.html", "style.css"]) {
      const links =
        read(path)
          .toString()
          .match(/(?:src|href)="[^"]*"|url\([^)]*\)|@import[^;]*/g) ?? [];
      expect(
        links.filter((link) => /\/\/|https?:/.test(link)),
        path,
      ).toEqual([]);
    }
  });

  it("can be verified by the command line, and be written again", () => {
    const { status, stdout, stderr } = espalierIn(box, "verify", folder, "--source", DIGITS);
    expect(status, stdout + stderr).toBe(0);
    expect(deployDigits(folder).status).toBe(0);
  });

  it("ends with the codes of the command line, and writes nothing then", () => {
    const before = readdirSync(box).sort();
    const none = join(box, "none");
    expect(deployWeb(join(box, "absent.onnx"), "--out", none, "--no-browser").status).toBe(3);
    expect(deployWeb(DIGITS, "--out", none, "--no-browser", "--ratio", "2").status).toBe(2);
    expect(deployWeb(DIGITS).status).toBe(2);
    expect(deployWeb(DIGITS, "--out", box, "--no-browser").status).toBe(2);
    expect(deployWeb(DIGITS, "--out", none, "--no-browser", "--ratio", "0").status).toBe(4);
    const text = join(box, "page", "style.css");
    expect(deployWeb(DIGITS, "--out", none, "--no-browser", "--sample", text).status).toBe(2);
    expect(deployWeb(DIGITS, "--out", none, "--no-browser", "--preprocess", text).status).toBe(3);
    // The earlier name.
    expect(deployWeb(DIGITS, "--out", none, "--no-browser", "--input-card", text).status).toBe(3);
    expect(readdirSync(box).sort()).toEqual(before);
  });

  it("makes the same pages of what was pruned already", () => {
    const again = join(box, "again");
    const samples = SAMPLES.flatMap((path) => ["--sample", path]);
    const { status, stderr } = deployWeb(DIGITS, "--from", folder, "--out", again, ...samples);
    expect(status, stderr).toBe(0);
    for (const path of ["model.onnx", "dense.onnx", "plan.json", "model.io.json", "deployment.json"])
      expect(readFileSync(join(again, path)), path).toEqual(read(path));
  });

  it("asks which network of a folder is meant, and takes the one it is told", () => {
    const several = join(box, "several");
    mkdirSync(join(several, "onnx"), { recursive: true });
    writeFileSync(join(several, "config.json"), '{"model_type": "resnet"}');
    for (const name of ["model", "model_fp16"]) copyFileSync(DIGITS, join(several, "onnx", `${name}.onnx`));
    const asked = [several, "--out", join(box, "none"), "--no-browser", "--ratio", "0"];
    const { status, stderr } = deployWeb(...asked);
    expect([status, stderr.includes("--file NAME or --dtype NAME")]).toEqual([2, true]);
    const told = deployWeb(...asked, "--file", "model.onnx");
    expect(told.status, told.stderr).toBe(4);
  });

  it("assumes a card for what looks like an image, and says so", () => {
    const bare = join(box, "bare.onnx");
    copyFileSync(DIGITS, bare);
    const out = join(box, "assumed");
    const { status, stderr } = deployWeb(bare, "--out", out, "--no-browser", "--step", "4");
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("the page assumes pixels from 0 to 1");
    const card = readInputCard(new Uint8Array(readFileSync(join(out, "model.io.json"))));
    expect(card.inputs).toEqual([
      { name: "image", layout: "NCHW", channels: "grey", resize: { width: 28, height: 28 } },
    ]);
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain("No input card came with the network");
  });
});

describe("a server", () => {
  let server: ServedPages;
  beforeAll(async () => {
    server = await servePages(folder);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  /** As written: fetch would tidy the path up, and set its own host. */
  function raw(path: string, headers: Record<string, string> = {}, method = "GET") {
    return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>(
      (resolve, reject) => {
        const { port } = new URL(server.url);
        const sent = request({ host: "127.0.0.1", port, path, headers, method }, async (response) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: await text(response),
          }),
        );
        sent.on("error", reject);
        sent.end();
      },
    );
  }

  it("gives every file with its type, and the headers that threads need", async () => {
    const receipt = readReceipt(new Uint8Array(read("receipt.json")));
    const types = { html: "text/html", js: "text/javascript", wasm: "application/wasm", png: "image/png" };
    for (const { path, sha256: digest } of receipt.files) {
      const reply = await fetch(server.url + path);
      expect(reply.status, path).toBe(200);
      expect(sha256(new Uint8Array(await reply.arrayBuffer())), path).toBe(digest);
      expect(reply.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
      expect(reply.headers.get("cross-origin-opener-policy")).toBe("same-origin");
      const type = types[path.split(".").at(-1) as keyof typeof types];
      if (type !== undefined) expect(reply.headers.get("content-type"), path).toContain(type);
      if (/\.(html|js)$/.test(path))
        expect(reply.headers.get("content-security-policy"), path).toContain("default-src 'none'");
    }
    expect(await (await fetch(server.url)).text()).toBe(read("index.html").toString());
  });

  it("answers nothing outside of its table", async () => {
    writeFileSync(join(folder, "stray.txt"), "stray");
    for (const path of [
      "/../package.json",
      "/..%2f..%2fetc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/assets/../receipt.json",
      "//etc/passwd",
      "/stray.txt",
      "/assets",
      "/assets/",
      "/index.html%00.png",
      "/INDEX.HTML",
      "/nothing",
    ]) {
      const { status, body, headers } = await raw(path);
      expect({ path, status }).toEqual({ path, status: 404 });
      expect(headers["content-type"]).toContain("text/plain");
      expect(body).not.toContain("<");
    }
    rmSync(join(folder, "stray.txt"));
  });

  it("answers to its own name and to GET and HEAD alone", async () => {
    expect((await raw("/", { host: "attacker.example" })).status).toBe(421);
    expect((await raw("/", { host: "localhost:1" })).status).toBe(200);
    const refused = await raw("/", {}, "POST");
    expect([refused.status, refused.headers.allow]).toEqual([405, "GET, HEAD"]);
    const head = await raw("/model.onnx", {}, "HEAD");
    expect([head.status, head.body, Number(head.headers["content-length"])]).toEqual([
      200,
      "",
      read("model.onnx").byteLength,
    ]);
  });

  it("sends what has not changed only once, and compresses", async () => {
    const first = await raw("/style.css", { "accept-encoding": "gzip" });
    expect(first.headers["content-encoding"]).toBe("gzip");
    const again = await raw("/style.css", { "if-none-match": String(first.headers.etag) });
    expect([again.status, again.body]).toEqual([304, ""]);
  });

  it("survives bytes that are no request", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.end("\u0000\u0001 nonsense\r\n\r\n");
    await text(socket).catch(() => "");
    expect((await raw("/")).status).toBe(200);
  });

  it("sends no isolation when it is told so", async () => {
    const plain = await servePages(folder, "--headers", "none");
    const reply = await fetch(plain.url);
    expect(reply.headers.get("cross-origin-opener-policy")).toBeNull();
    expect(reply.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await plain.stop()).toBe(0);
  });

  it("serves no file that is not the receipt's, and follows no link", async () => {
    const other = join(box, "tampered");
    cpSync(folder, other, { recursive: true });
    writeFileSync(join(other, "model.onnx"), "something else");
    rmSync(join(other, "dense.onnx"));
    symlinkSync("/etc/passwd", join(other, "dense.onnx"));
    const tampered = await servePages(other);
    expect((await fetch(`${tampered.url}model.onnx`)).status).toBe(500);
    expect((await fetch(`${tampered.url}dense.onnx`)).status).toBe(500);
    expect((await fetch(`${tampered.url}plan.json`)).status).toBe(200);
    expect(tampered.log()).toContain("MISMATCH");
    expect(tampered.log()).toContain("EXTERNAL_LINK");
    await tampered.stop();
  });

  it("does not start on a folder without pages", () => {
    const bare = join(box, "bare");
    mkdirSync(bare);
    expect(deployWeb("serve", bare).status).toBe(3);
    const pruned = espalierIn(
      dirname(DIGITS),
      "prune",
      DIGITS,
      "--target",
      "cpu",
      "--ratio",
      "0.4",
      "--no-measure",
      "--out",
      join(box, "artefact"),
    );
    expect(pruned.status).toBe(0);
    expect(deployWeb("serve", join(box, "artefact")).status).toBe(2);
  });
});
