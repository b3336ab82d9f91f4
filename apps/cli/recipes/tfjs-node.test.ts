import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tfjsNode } from "@trivium/backend-tfjs-node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runAlone } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-tfjs-node-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async (context) => {
  const found = await tfjsNode.probe();
  context.skip(!found.available, found.available ? "" : found.reason);
});

const data = ["--data", "toy.tsv", ...tiny, "--backend"];

/** The numbers of a JSON document by their paths, but those of time. */
function numbersOf(value: unknown, path = ""): [path: string, value: number][] {
  if (typeof value === "number") return /seconds|perSecond/i.test(path) ? [] : [[path, value]];
  return Object.entries(value ?? {}).flatMap(([key, part]) =>
    typeof part === "string" ? [] : numbersOf(part, `${path}.${key}`),
  );
}

test("compare gives the numbers of simd to four digits", async () => {
  const reportOf = async (backend: string) => {
    const { code, stdout } = await runAlone(
      ["compare", ...data, backend, "--layers", "2", "--steps", "24", "--out", backend, "--json"],
      folder,
    );
    expect(code).toBe(0);
    return numbersOf(JSON.parse(stdout));
  };
  const [ours, theirs] = [await reportOf("simd"), await reportOf("tfjs-node")];
  expect(ours.length).toBeGreaterThan(100);
  expect(theirs.map(([path]) => path)).toEqual(ours.map(([path]) => path));
  const different = theirs.filter(([, value], at) => {
    const [, expected] = ours[at]!;
    return Math.abs(value - expected) > 1e-4 * Math.max(Math.abs(value), Math.abs(expected));
  });
  expect(different).toEqual([]);
});

test("train keeps libtensorflow's version and the threads, on which bits depend, and resumes with the same alone", async () => {
  const training = (...more: string[]) => [
    ...["train", ...data, "tfjs-node", "--out", "run", "--decoded", "0", "--steps", "4", ...more],
  ];
  const first = await runAlone(training("--threads", "1", "--profile"), folder);
  expect(first.stderr).not.toMatch(/tensorflow\//);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("libtensorflow") });
  const state = readFileSync(join(folder, "run/checkpoints/step-000004/state.json"), "utf8");
  expect(JSON.parse(state)).toMatchObject({
    numericIdentity: { backend: "tfjs-node", libtensorflow: "2.13.1", threads: "1" },
  });
  const other = await runAlone(training("--threads", "2", "--resume"), folder);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/other arithmetic: threads was "1", is "2"/) });
  expect((await runAlone(training("--threads", "1", "--resume"), folder)).code).toBe(0);
});

test("doctor names it without loading it, and writes nothing else", async () => {
  const { code, stdout, stderr } = await runAlone(["doctor"], folder);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^✓ tfjs-node: libtensorflow/m);
});
