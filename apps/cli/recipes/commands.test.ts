import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { command, jsonOf, runAlone, runTrivium } from "./run-trivium.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const names = [
  "doctor",
  "list",
  "mask",
  "train",
  "evaluate",
  "generate",
  "chat",
  "score",
  "export",
  "info",
  "compare",
  "setup",
] as const;

describe.each(names)("trivium %s", (name) => {
  test.concurrent("says with --help what it does, on stdout", async () => {
    const { code, stdout, stderr } = await runTrivium([name, "--help"], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: trivium ${name} `));
    for (const flag of ["--json", "--plugin <source>"]) expect(stdout).toContain(flag);
  });

  test.concurrent("refuses an unknown flag in one line, with exit code 2", async () => {
    const { code, stdout, stderr } = await runTrivium([name, "--jsn"], folder);
    expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, stdout: "", lines: 1 });
    expect(stderr).toContain("unknown option '--jsn' (Did you mean --json?)");
  });
});

test("the flags of train name their defaults, the model's too", async () => {
  const { stdout } = await runTrivium(["train", "--help"], folder);
  const help = stdout.replaceAll(/\s+/g, " ");
  for (const text of ["--width <value>", "(default: 128)", "--head <value>", "--learning-rate <value>"]) {
    expect(help).toContain(text);
  }
});

test("--version says the version of the package", async () => {
  const manifest = new URL("../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  expect(await runAlone(["--version"], folder)).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("an unknown command is refused in one line, and no command at all with the help on stderr", async () => {
  const unknown = await runAlone(["trian"], folder);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toBe("trivium: unknown command 'trian' (Did you mean train?); --help tells what there is\n");
  expect(await runAlone([], folder)).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("Usage:"),
  });
});

test("doctor tells of every backend, with a reason and a remedy where it is missing", async () => {
  interface Found {
    name: string;
    available: boolean;
    detail?: string;
    reason?: string;
    remedy?: string;
  }
  interface Report {
    backends: Found[];
    speed: string[];
    "tfjs-core": Record<string, string[]>;
  }
  const report = await jsonOf<Report>(["doctor"], folder);
  expect(report.backends.map(({ name }) => name)).toEqual(expect.arrayContaining(["simd", "cpu", "wasm", "webgl"]));
  for (const { available, detail, reason, remedy } of report.backends) {
    if (available) expect(detail).toMatch(/\w/);
    else for (const text of [reason, remedy]) expect(text).toMatch(/\w/);
  }
  expect(Object.keys(report["tfjs-core"])).toHaveLength(1);
  expect(report.speed[0]).toMatch(/^precision auto: (f32|bf16), since .+/);
  const { stdout } = await runAlone(["doctor"], folder);
  expect(stdout).toMatch(/^✓ simd: /m);
  expect(stdout).toMatch(/^✗ webgl: .+\. .+/m);
  for (const name of ["mkl", "accelerate", "onednn", "openblas", "system-openblas"]) {
    expect(stdout).toMatch(new RegExp(`^(✓ ${name}: .+|✗ ${name}: .+\\. .+)`, "m"));
  }
});

test("list names the kinds, and the plugins of a kind", async () => {
  const kinds = await jsonOf<{ kind: string; plugins: string[] }[]>(["list"], folder);
  const architectures = ["causal", "prefix", "encoder-decoder"];
  expect(kinds.find(({ kind }) => kind === "architecture")?.plugins).toEqual(architectures);
  const listed = await jsonOf<{ name: string; description: string }[]>(["list", "architecture"], folder);
  expect(listed.map(({ name }) => name)).toEqual(architectures);
  for (const { description } of listed) expect(description).toMatch(/\w+ \w+/);
});

test("mask counts, draws and maps the blocks of a mask", async () => {
  const args = ["mask", "prefix(3)|causal", "--queries", "6", "--keys", "6"];
  const facts = await jsonOf<Record<string, unknown>>([...args, "--block", "3"], folder);
  const size = { queries: 6, keys: 6, block: 3 };
  expect(facts).toEqual({
    ...{ mask: "prefix(3) | causal", ...size, visiblePairs: 24, density: 24 / 36, blocks: ["█·", "█▒"] },
  });
  const drawn = (await runAlone(args, folder)).stdout;
  expect(drawn).toContain("0 ███···\n1 ███···\n2 ███···\n3 ████··\n4 █████·\n5 ██████\n");
  expect(drawn).toContain("24 visible pairs, density 0.667");
  const { svg } = await jsonOf<{ svg: string }>([...args, "--svg"], folder);
  expect((await runTrivium([...args, "--svg"], folder)).stdout.trimEnd()).toBe(svg);
  expect(svg).toMatch(/^<svg .*24 of 36 pairs are visible.*<\/svg>$/s);
});

test("mask counts a matrix that is too large to be drawn", async () => {
  const { stdout } = await runTrivium(["mask", "causal", "--queries", "100000"], folder);
  expect(stdout).toContain("5,000,050,000 visible pairs");
  expect(stdout).toContain("more than 256 positions are not drawn");
});

test("a pipe that closes early is no error and shows no stack", async () => {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [...command, "mask", "causal", "--queries", "250"], { env: { PATH, HOME } });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  expect(stderr).toBe("");
});
