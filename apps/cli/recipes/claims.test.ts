import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ClaimsReport } from "../src/report/claims-report.ts";
import { jsonOf, runTrivium, startTrivium } from "./run-trivium.ts";
import { withoutTimes } from "./without-times.ts";

/** A folder outside the repository, in which the public packages are installed. */
const folder = mkdtempSync(join(tmpdir(), "trivium-claims-"));
const plugin = ["--plugin", "./mine.ts"];
const measuring = ["claims", "run", "echo", ...plugin, "--seeds", "2"];
const ofProcesses = (id: string) => ["claims", "run", id, "--plugin", "./processes.ts", "--jobs", "2", "--out", id];
let whole: ClaimsReport;

const armsOf = (out: string): string[] =>
  existsSync(join(folder, out, "arms")) ? readdirSync(join(folder, out, "arms")).sort() : [];
const changedAt = (out: string, names = armsOf(out)): number[] =>
  names.map((name) => statSync(join(folder, out, "arms", name)).mtimeMs);

beforeAll(async () => {
  const scope = join(folder, "node_modules/@trivium");
  mkdirSync(scope, { recursive: true });
  for (const name of ["claims", "core", "data", "evaluator"]) {
    symlinkSync(join(import.meta.dirname, "../../../packages", name), join(scope, name));
  }
  copyFileSync(new URL("./fixtures/third-party-claim.ts", import.meta.url), join(folder, "mine.ts"));
  copyFileSync(new URL("./fixtures/claims-of-processes.ts", import.meta.url), join(folder, "processes.ts"));
  whole = await jsonOf<ClaimsReport>([...measuring, "--jobs", "2"], folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("a claim in a file of the user's own is listed with the shipped ones", async () => {
  const listed = await jsonOf<{ id: string; statement: string }[]>(["claims", "list", ...plugin], folder);
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(["attention-cost", "prefix-supervision", "echo"]));
  const { stdout } = await runTrivium(["claims", "list", ...plugin], folder);
  expect(stdout).toMatch(/^echo +A prefix model echoes better than a causal one\.$/m);
});

test("it runs, and stands in the report with effects, arms and curves", () => {
  expect(whole.claims).toHaveLength(1);
  const [claim] = whole.claims;
  expect(claim).toMatchObject({
    id: "echo",
    effects: [{ name: "causal − prefix", method: "paired bootstrap over 2 seeds × 16 examples" }],
  });
  expect(claim?.arms.map(({ name }) => name)).toEqual([
    "causal, seed 1",
    "prefix, seed 1",
    "causal, seed 2",
    "prefix, seed 2",
  ]);
  for (const { curve, times, numbers } of claim?.arms ?? []) {
    expect(curve?.map(({ step }) => step)).toEqual([2, 4]);
    expect(times?.seconds).toBeGreaterThan(0);
    expect(numbers).toMatchObject({ parameters: expect.any(Number), examples: { nats: expect.any(Array) } });
  }
  const { signature } = whole;
  expect(signature).toMatchObject({ seeds: [1, 2], data: { echo: [expect.stringMatching(/^[0-9a-f]{64}$/)] } });
  expect(signature.environment).toMatchObject({ backend: "simd", attention: "fused" });
  const page = readFileSync(join(folder, "claims/report.html"), "utf8");
  expect(page).toContain("A note &lt;of&gt; mine.");
  expect(page).not.toMatch(/<script|javascript:|@import|url\((?!#)/i);
  expect(page.match(/class="marks"/g)?.length).toBeGreaterThanOrEqual(4);
  expect(readFileSync(join(folder, "claims/report.md"), "utf8")).toContain("## echo: ");
});

test("measured twice, in one process or in two, nothing differs but times", async () => {
  const again = await jsonOf<ClaimsReport>([...measuring, "--jobs", "1", "--out", "again"], folder);
  expect(withoutTimes({ ...again, command: whole.command })).toEqual(withoutTimes(whole));
  expect(armsOf("again")).toEqual(armsOf("claims"));
});

test("what is there is not measured again; another seed adds its arms alone", async () => {
  const before = changedAt("again");
  await jsonOf([...measuring, "--out", "again"], folder);
  expect(changedAt("again")).toEqual(before);
  const more = await jsonOf<ClaimsReport>([...measuring, "--seeds", "3", "--out", "again"], folder);
  expect(armsOf("again")).toHaveLength(6);
  expect(more.claims[0]?.effects[0]?.method).toContain("3 seeds");
});

test("the report is made again from what is stored, plugin and all; a claim may join it", async () => {
  const saved = JSON.parse(readFileSync(join(folder, "claims/report.json"), "utf8")) as ClaimsReport;
  expect(saved).toEqual(whole);
  rmSync(join(folder, "claims/report.json"));
  expect(await jsonOf<ClaimsReport>(["claims", "report", "claims"], folder)).toEqual(whole);
  const joined = await jsonOf<ClaimsReport>(["claims", "run", "lacking", ...plugin, "--seeds", "2"], folder);
  expect(joined.claims.map(({ id, verdict }) => [id, verdict === "not run"])).toEqual([
    ["echo", false],
    ["lacking", true],
  ]);
  expect(joined.claims[1]?.reason?.message).toContain("nowhere.tsv");
  expect(await jsonOf<ClaimsReport>(["claims", "report", "claims"], folder)).toEqual(joined);
});

test.each([
  { signal: "SIGINT", jobs: 1, ended: "stops after what is at hand", ends: [130, null] },
  { signal: "SIGINT", jobs: 2, ended: "stops several processes", ends: [130, null] },
  { signal: "SIGKILL", jobs: 2, ended: "is killed at once", ends: [null, "SIGKILL"] },
] as const)("a run that $ended keeps the arms that are finished; the next one measures the others", async (given) => {
  const { jobs } = given;
  const out = `stopped by ${given.signal}, ${jobs}`;
  // So many arms that the signal comes before the last one, however busy the machine is.
  const words = [...measuring, "--seeds", "20", "--jobs", String(jobs), "--out", out];
  const { child, ended } = startTrivium(words, folder);
  await vi.waitUntil(() => armsOf(out).some((name) => name.endsWith(".json")), { timeout: 60_000 });
  child.kill(given.signal);
  const { code, signal, stderr } = await ended;
  expect([code, signal], stderr).toEqual(given.ends);
  expect(stderr.includes("the same command goes on from there")).toBe(given.signal === "SIGINT");
  const done = armsOf(out).filter((name) => name.endsWith(".json"));
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(40);
  const before = changedAt(out, done);
  const resumed = await jsonOf<ClaimsReport>([...measuring, "--out", out], folder);
  expect(withoutTimes({ ...resumed, command: whole.command })).toEqual(withoutTimes(whole));
  expect(changedAt(out, done)).toEqual(before);
});

test("arms are measured in processes of their own, but for those that need to be alone", async () => {
  const { claims } = await jsonOf<ClaimsReport>(ofProcesses("placed"), folder);
  expect(claims[0]?.notes).toEqual(["fine: 1", "fine, too: 1", "alone: 0"]);
});

test.each([
  ["diverges", 2, /^trivium: the loss is infinite$/m],
  ["errs", 1, /^RangeError: a mistake of mine\n +at /m],
  ["ends", 1, /^Error: a process that measured arms ended \(7\); the same command goes on from there$/m],
])("what goes wrong in another process is told: %s", async (id, code, message) => {
  const ended = await runTrivium(ofProcesses(id), folder);
  expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(message) });
});

test.each([
  [["claims", "arms"], "`claims arms` works for `claims run`; start that"],
  [["claims", "run", "echo", ...plugin, "--jobs", "0"], "--jobs: "],
  [["claims", "run", "ecco", ...plugin], 'there is no claim "ecco"; did you mean "echo"?'],
  [["claims", "run", "echo", ...plugin, "--preset", "small"], "--preset: "],
  [["claims", "run", "echo", ...plugin, "--seeds", "0"], "--seeds: "],
  [["claims", "report", "nothing"], "nothing holds no claims; measure some: trivium claims run --out nothing"],
  [["claims", "run", "echo", ...plugin, "--out", "node_modules"], "is not a folder of claims"],
])("%j is refused in one line", async (words, message) => {
  const { code, stderr } = await runTrivium(words, folder);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^trivium: [^\n]*\n$/) });
  expect(stderr).toContain(message);
});
