import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { UnsupportedError } from "@trivium/core";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { cacheFolder, setupFolder } from "./cache-folder.ts";
import { installSetup, removeSetup } from "./install-setup.ts";
import { type Setup, type SetupArchive, setup } from "./setup.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-setup-"));
afterAll(() => rmSync(folder, { recursive: true }));
const cache = join(folder, "cache");
const archives = join(folder, "archives");

/** A zip file whose entries are stored as they are. */
function zip(entries: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(10, 0);
    shared.writeUInt32LE(crc32(text), 10);
    shared.writeUInt32LE(text.length, 14);
    shared.writeUInt32LE(text.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), shared, Buffer.from(name), Buffer.from(text)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x0a\x00"), shared, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from("PK\x05\x06"), end]);
}

const wheelFile = "some_lib-1.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const tarFile = "some-code-3.4.tgz";
mkdirSync(join(archives, "package/lib"), { recursive: true });
writeFileSync(join(archives, wheelFile), zip({ "some/lib.so": "library", "some/python.py": "pass", LICENSE: "MIT" }));
writeFileSync(join(archives, "package/lib/code.js"), "code");
execFileSync("tar", ["-czf", tarFile, "package"], { cwd: archives });

const sha256 = (file: string) =>
  createHash("sha256")
    .update(readFileSync(join(archives, file)))
    .digest("hex");
const wheel: SetupArchive = {
  client: "pip",
  package: "some-lib==1.2",
  file: wheelFile,
  sha256: sha256(wheelFile),
  keep: (path) => (path.endsWith(".py") ? undefined : `lib/${path.split("/").at(-1)}`),
};
const tarball: SetupArchive = {
  client: "npm",
  package: "some-code@3.4",
  file: tarFile,
  sha256: sha256(tarFile),
  keep: (path) => path.replace(/^package\//, ""),
};

const finished: string[][] = [];
const some: Setup = {
  version: "1.2",
  license: "MIT",
  fetchedBytes: 100,
  keptBytes: 10,
  archives: ({ platform }) =>
    platform === "aix" ? { reason: "there is no build", remedy: "Use the backend simd" } : [wheel, tarball],
  finish: async (made) => void finished.push(readdirSync(made).toSorted()),
};
const someSetup = setup("some", some, { description: "For tests." });
const withParts = (parts: Partial<Setup>) => setup("some", { ...some, ...parts });

/** A Python whose pip serves the folder of archives, or fails as without a network. */
function fakePython(name: string, download: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\ncase "$*" in *--version*) exit 0;; esac\necho "$*" >> ${path}.log\n${download}\n`);
  chmodSync(path, 0o755);
  return path;
}
const served = fakePython(
  "served",
  `while [ "$1" != --dest ]; do shift; done; cp ${join(archives, wheelFile)} "$2/"; : > "$2/ran"`,
);
const offline = fakePython(
  "offline",
  `echo "WARNING: Retrying" >&2; echo "ERROR: No matching distribution" >&2; exit 1`,
);

beforeEach(() => {
  vi.stubEnv("TRIVIUM_CACHE", cache);
  vi.stubEnv("TRIVIUM_PYTHON", offline);
  rmSync(cache, { recursive: true, force: true });
  finished.length = 0;
  return () => vi.unstubAllEnvs();
});

test("the cache folder is TRIVIUM_CACHE, else trivium in XDG_CACHE_HOME, else that of the system", () => {
  expect(cacheFolder()).toBe(cache);
  vi.stubEnv("TRIVIUM_CACHE", "");
  vi.stubEnv("XDG_CACHE_HOME", "/somewhere");
  expect(cacheFolder()).toBe(join("/somewhere", "trivium"));
  vi.stubEnv("XDG_CACHE_HOME", "relative");
  expect(cacheFolder()).toMatch(/.+trivium$/);
  expect(cacheFolder()).not.toContain("relative");
});

test("archives that are there already are verified and unpacked; the folder is whole when it appears", async () => {
  expect(setupFolder("some", "1.2")).toBeUndefined();
  const made = await installSetup(someSetup, { from: archives });
  expect(finished).toEqual([["lib"]]);
  expect(made).toBe(setupFolder("some", "1.2"));
  expect(readdirSync(join(made, "lib")).toSorted()).toEqual(["LICENSE", "code.js", "lib.so"]);
  expect(readFileSync(join(made, "lib/lib.so"), "utf8")).toBe("library");
  expect(JSON.parse(readFileSync(join(made, "setup.json"), "utf8"))).toMatchObject({
    sources: [{ file: wheelFile }, {}],
  });
  expect(readdirSync(join(cache, "some"))).toEqual(["1.2"]);
  const notes: string[] = [];
  expect(await installSetup(someSetup, { from: archives, note: (line) => notes.push(line) })).toBe(made);
  expect(notes).toEqual([expect.stringMatching(/set up before.*trivium setup --remove some$/)]);
  expect(finished).toHaveLength(1);
});

test("pip is asked for the build that the wheel's name describes", async () => {
  vi.stubEnv("TRIVIUM_PYTHON", served);
  await installSetup(withParts({ archives: () => [wheel] }));
  const build = "--implementation cp --python-version 311 --abi cp311";
  const platforms = "--platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64";
  expect(readFileSync(`${served}.log`, "utf8")).toContain(
    `-m pip download some-lib==1.2 --no-deps --only-binary=:all: ${build} ${platforms} --dest `,
  );
});

test("a wheel for every Python is asked for without a version of Python", async () => {
  const file = "some_lib-1.2-py3-none-win_amd64.whl";
  const refused = installSetup(withParts({ archives: () => [{ ...wheel, file }] }));
  const words = "download some-lib==1.2 --no-deps --only-binary=:all: --abi none --platform win_amd64";
  await expect(refused).rejects.toThrow(`fetch ${file} elsewhere (pip ${words})`);
});

test("a folder with a file that was cut short, or without its record, is none, and is made anew", async () => {
  const made = await installSetup(someSetup, { from: archives });
  for (const harm of [
    () => writeFileSync(join(made, "lib/lib.so"), "libr"),
    () => rmSync(join(made, "lib/lib.so")),
    () => writeFileSync(join(made, "setup.json"), "{"),
  ]) {
    harm();
    expect(setupFolder("some", "1.2")).toBeUndefined();
    expect(await installSetup(someSetup, { from: archives })).toBe(made);
    expect(setupFolder("some", "1.2")).toBe(made);
    expect(readFileSync(join(made, "lib/lib.so"), "utf8")).toBe("library");
  }
});

test("an interrupted setup keeps what arrived whole, and the next one goes on from there", async () => {
  vi.stubEnv("TRIVIUM_PYTHON", served);
  const interrupted = withParts({ archives: () => [wheel], finish: () => Promise.reject(new Error("interrupted")) });
  await expect(installSetup(interrupted)).rejects.toThrow("interrupted");
  expect(readdirSync(join(cache, "some"))).toEqual(["downloads"]);
  vi.stubEnv("TRIVIUM_PYTHON", offline);
  mkdirSync(join(cache, "some/staging-99999999"));
  await installSetup(withParts({ archives: () => [wheel] }));
  expect(readdirSync(join(cache, "some"))).toEqual(["1.2"]);
});

test("an archive that was kept is verified again, and fetched anew if it is another file", async () => {
  vi.stubEnv("TRIVIUM_PYTHON", served);
  const kept = join(cache, "some/downloads");
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, wheelFile), zip({ "some/lib.so": "altered" }));
  const made = await installSetup(withParts({ archives: () => [wheel] }));
  expect(readFileSync(join(made, "lib/lib.so"), "utf8")).toBe("library");
});

test("a newer version replaces the older one, and remove takes all away", async () => {
  await installSetup(someSetup, { from: archives });
  await installSetup(withParts({ version: "1.3" }), { from: archives });
  expect(readdirSync(join(cache, "some"))).toEqual(["1.3"]);
  expect(await removeSetup("some")).toBe(join(cache, "some"));
  expect(existsSync(join(cache, "some"))).toBe(false);
  expect(await removeSetup("some")).toBeUndefined();
});

test("two processes at once: the archives stay for the one that unpacks them, and both get the folder", async () => {
  vi.stubEnv("TRIVIUM_PYTHON", served);
  // The parent stands for another process that makes the same.
  const other = join(cache, `some/staging-${process.ppid}`);
  mkdirSync(other, { recursive: true });
  const first = withParts({
    archives: () => [wheel],
    async finish() {
      mkdirSync(join(cache, "some/1.2"));
      writeFileSync(join(cache, "some/1.2/of-the-other"), "");
      writeFileSync(join(cache, "some/1.2/setup.json"), JSON.stringify({ bytes: { "of-the-other": 0 } }));
    },
  });
  const folderOfBoth = await installSetup(first);
  expect(readdirSync(folderOfBoth)).toEqual(["of-the-other", "setup.json"]);
  expect(readdirSync(join(cache, "some")).toSorted()).toEqual(["1.2", "downloads", `staging-${process.ppid}`]);
});

test("a cache folder that cannot be written is one line that names the variable for another", async () => {
  writeFileSync(join(folder, "file"), "");
  vi.stubEnv("TRIVIUM_CACHE", join(folder, "file"));
  await expect(installSetup(someSetup, { from: archives })).rejects.toMatchObject({
    code: "checkpoint/not-a-folder",
    message: expect.stringMatching(/^cannot set up some \(TRIVIUM_CACHE names another folder\) in .*file/),
  });
});

test("another file than the one that was tested is refused, and nothing appears", async () => {
  const other = withParts({ archives: () => [{ ...wheel, sha256: "0".repeat(64) }] });
  await expect(installSetup(other, { from: archives })).rejects.toMatchObject({
    code: "setup/sha256",
    message: expect.stringContaining(`expected SHA-256 ${"0".repeat(64)}, got ${wheel.sha256}`),
  });
  expect(readdirSync(join(cache, "some"))).toEqual([]);
});

test("without a network, without pip and with the wrong --from, one line says what to do", async () => {
  const onlyWheel = withParts({ archives: () => [wheel] });
  await expect(installSetup(onlyWheel)).rejects.toMatchObject({
    code: "setup/fetch",
    message: expect.stringMatching(
      /pip could not fetch some-lib==1\.2: ERROR: No matching distribution; .*pip download some-lib==1\.2 .*--from$/,
    ),
  });
  vi.stubEnv("TRIVIUM_PYTHON", join(folder, "no-python"));
  await expect(installSetup(onlyWheel)).rejects.toMatchObject({
    code: "setup/client",
    message: expect.stringContaining("TRIVIUM_PYTHON"),
  });
  await expect(installSetup(onlyWheel, { from: join(folder, "nothing") })).rejects.toMatchObject({
    code: "setup/from",
    message: expect.stringContaining(wheelFile),
  });
});

test("a machine without a build, and a missing program, are refused before anything is fetched", async () => {
  const machine = { platform: "aix", arch: "ppc64" };
  await expect(installSetup(someSetup, { from: archives, machine })).rejects.toMatchObject({
    code: "setup/platform",
    message: "some cannot be set up on aix ppc64: there is no build. Use the backend simd",
  });
  const check = async () => {
    throw new UnsupportedError("test/compiler", "no compiler");
  };
  await expect(installSetup(withParts({ check }), { from: archives })).rejects.toMatchObject({ code: "test/compiler" });
  expect(existsSync(cache)).toBe(false);
});
