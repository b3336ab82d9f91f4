import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ComparisonReport } from "../src/report/comparison-report.ts";
import { runTrivium, startTrivium } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-compare-"));
const comparison = (out: string, steps: number, ...more: string[]) => [
  ...["compare", "--data", "toy.tsv", ...tiny, "--layers", "2", "--learning-rate", "0.01"],
  ...["--steps", String(steps), "--out", out, ...more],
];
let whole: ComparisonReport;
let page: string;

beforeAll(async () => {
  writeToyData(folder);
  const { code, stdout, stderr } = await runTrivium(comparison("report", 120, "--json"), folder);
  expect({ code, warnings: stderr.match(/warn/i) }).toEqual({ code: 0, warnings: null });
  whole = JSON.parse(stdout) as ComparisonReport;
  page = readFileSync(join(folder, "report/report.html"), "utf8");
});

afterAll(() => rmSync(folder, { recursive: true }));

test("the report that is saved is the one on stdout, and nothing else is left in the folder", () => {
  expect(readdirSync(join(folder, "report")).sort()).toEqual(["report.html", "report.json"]);
  expect(JSON.parse(readFileSync(join(folder, "report/report.json"), "utf8"))).toEqual(whole);
});

test("the first decoded examples are shown with each arm's answer, errors marked", () => {
  for (const { shown } of whole.arms) {
    expect(shown?.map(({ source, references }) => [source, references])).toEqual(
      whole.arms[0]?.shown?.map(({ source, references }) => [source, references]),
    );
  }
  const { source, pieces } = whole.arms[0]!.shown![0]!;
  expect(page).toContain("<h2>What they answer</h2>");
  expect(page).toContain(`<th scope="row">${source}</th>`);
  for (const { is, text } of pieces) {
    expect(page).toContain({ right: text, wrong: `<mark>${text}</mark>`, missing: `<del>${text}</del>` }[is]);
  }
});

test("there are three architectures and both controls, with all that they cost and reached", () => {
  expect(whole.arms.map(({ name, architecture }) => [name, architecture])).toEqual([
    ["causal", "causal"],
    ["prefix", "prefix"],
    ["encoder-decoder", "encoder-decoder"],
    ["encoder-decoder-shared", "encoder-decoder"],
    ["encoder-decoder-half-depth", "encoder-decoder"],
  ]);
  const costs = [
    "parameters",
    "flops",
    "tokensSeen",
    "tokensSupervised",
    "seconds",
    "tokensPerSecond",
    "targetLoss",
  ] as const;
  for (const arm of whole.arms) {
    for (const field of costs) expect(arm[field], field).toBeGreaterThan(0);
    expect(arm.targetLoss).toBeLessThan(Math.log(261) - 2);
    // A symbol error rate may pass 1: a model that babbles has more insertions than there are symbols.
    expect(arm.per).toBeGreaterThan(0);
    expect(arm.per).toBeLessThan(5);
    expect(arm.wer).toBeGreaterThan(0);
    expect(arm.wer).toBeLessThanOrEqual(1);
    expect(arm.curve.at(-1)).toMatchObject({ step: 120, tokensSeen: arm.tokensSeen, flops: arm.flops });
  }
});

test("all arms are supervised on the same target tokens; causal and prefix have the same size, the controls are smaller", () => {
  const [causal, prefix, both, shared, half] = whole.arms;
  expect(new Set(whole.arms.map(({ tokensSupervised }) => tokensSupervised)).size).toBe(1);
  expect(causal?.parameters).toBe(prefix?.parameters);
  for (const control of [shared, half]) expect(control?.parameters).toBeLessThan(both?.parameters as number);
});

test("the same comparison twice differs in nothing but times", async () => {
  await runTrivium(comparison("again", 120, "--architectures", "encoder-decoder,causal"), folder);
  const again = JSON.parse(readFileSync(join(folder, "again/report.json"), "utf8")) as ComparisonReport;
  const timeless = ({ arms }: ComparisonReport, name: string) => {
    const { seconds, tokensPerSecond, curve, ...arm } = arms.find((one) => one.name === name) as (typeof arms)[number];
    return { ...arm, curve: curve.map(({ seconds, ...point }) => point) };
  };
  for (const name of ["causal", "encoder-decoder"]) expect(timeless(again, name)).toEqual(timeless(whole, name));
});

test("decoded text is scored by metrics, with differences from the first arm", async () => {
  const more = ["--metrics", "bleu,chrf", "--architectures", "prefix,causal", "--json"];
  const { stdout } = await runTrivium(comparison("scored", 60, ...more), folder);
  const { arms, signature } = JSON.parse(stdout) as ComparisonReport;
  const [first, second] = arms.map(({ metrics }) => metrics ?? []);
  expect(first?.map(({ name, difference }) => [name, difference])).toEqual([
    ["BLEU", undefined],
    ["chrF2", undefined],
  ]);
  for (const [at, { score, difference }] of (second ?? []).entries()) {
    expect(difference?.estimate).toBe(score - (first?.[at]?.score as number));
    expect(difference?.low).toBeLessThanOrEqual(difference?.high as number);
  }
  expect(signature.metrics.filter((one) => /nrefs:.*version:/.test(one))).toHaveLength(2);
  expect(readFileSync(join(folder, "scored/report.html"), "utf8")).toContain(">chrF2<");
  const { code, stderr } = await runTrivium(comparison("none", 1, "--metrics", "bleu", "--decoded", "0"), folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining("--decoded 0 decodes nothing; leave it out")]);
});

test("the page is whole in itself: no scripts, nothing from elsewhere, well-formed pictures, unique ids", () => {
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).not.toMatch(/<script|javascript:|\son\w+=|@import|url\((?!#)/i);
  const links = [...page.matchAll(/(?:href|src|srcset)="([^"]*)"/g)].map(([, target]) => target);
  expect(links.filter((target) => !target?.startsWith("#"))).toEqual([]);
  const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const tag of ["svg", "figure", "table", "tr", "g", "li"]) {
    const opened = page.match(new RegExp(`<${tag}[ >](?![^<]*/>)`, "g"))?.length;
    expect(page.match(new RegExp(`</${tag}>`, "g"))?.length, tag).toBe(opened);
  }
});

test("the page shows every arm in table and legend, four curves, five masks, and what was typed", () => {
  for (const { name } of whole.arms) {
    // A row of costs and a column of answers; once in the legend.
    for (const [end, times] of [
      ["th", 2],
      ["li", 1],
    ] as const) {
      expect(page.split(`>${name}</${end}>`).length + page.split(` ${name}</${end}>`).length - 2, name).toBe(times);
    }
  }
  expect(page.match(/class="marks"/g)).toHaveLength(4);
  const drawn = [...page.matchAll(/<figcaption>([^<]*)<\/figcaption>/g)].map(([, caption]) => caption);
  const masks = ["causal: tokens", "prefix: tokens", "encoder-decoder: source", "encoder-decoder: target"];
  expect(drawn).toEqual([...masks, "encoder-decoder: target to source"]);
  expect(page).toContain(`trivium compare --data toy.tsv ${tiny.join(" ")}`);
});

test("people get a table", async () => {
  const flags = ["--architectures", "prefix", "--decoded", "0"];
  const { stdout } = await runTrivium(comparison("table", 2, ...flags), folder);
  expect(stdout).toMatch(/^arm +parameters +TFLOP .*\nprefix +[\d,]+ /);
  expect(stdout).toMatch(/table\/report\.html · table\/report\.json\n$/);
});

test("Ctrl-C prints the arms that are done and leaves an earlier report as it is", async () => {
  const before = readFileSync(join(folder, "report/report.json"));
  const { child, ended, says } = startTrivium(comparison("report", 120, "--json"), folder);
  await says("causal: target loss");
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toContain("stopped after 1 of 5 arms; no report was written");
  expect((JSON.parse(stdout) as ComparisonReport).arms.map(({ name }) => name)).toEqual(["causal"]);
  expect(readFileSync(join(folder, "report/report.json")).equals(before)).toBe(true);
});

test("the same comparison may be written again, another one is refused before anything is computed", async () => {
  const flags = ["--architectures", "prefix", "--decoded", "0"];
  expect(await runTrivium(comparison("table", 2, ...flags), folder)).toMatchObject({ code: 0 });
  const before = readFileSync(join(folder, "table/report.json"));
  for (const other of [comparison("table", 3, ...flags), comparison("table", 2, ...flags, "--data", "toy.txt")]) {
    const { code, stdout, stderr } = await runTrivium(other, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^trivium: table holds another comparison[^\n]*\n$/);
  }
  expect(readFileSync(join(folder, "table/report.json")).equals(before)).toBe(true);
});
