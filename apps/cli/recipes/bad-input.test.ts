import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runTrivium } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-bad-"));
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

beforeAll(async () => {
  writeToyData(folder);
  write("empty.tsv", "");
  write("binary.txt", new Uint8Array([0x66, 0x6f, 0x00, 0xff, 0xfe]));
  write("no-tab.tsv", "ab\tba\nab ba\n");
  write("mixed.jsonl", '{"text":"ab"}\n{"source":"a","target":"b"}\n');
  write("words.doc", "ab\tba\n");
  write("columns.tsv", "1\tab\tba\n2\tcd\tdc\n");
  write("ambiguous.jsonl", '{"source":"ab","text":"ba"}\n');
  write("twice.json", '{"steps": 1, "steps": 2}');
  write("utf-16.json", Buffer.from('\uFEFF{"steps": 1}', "utf16le"));
  symlinkSync("loop.tsv", join(folder, "loop.tsv"));
  symlinkSync("/dev/zero", join(folder, "device.tsv"));
  write("long.tsv", `${Array.from({ length: 50 }, (_, at) => `w${at}\tv\n`).join("")}${"a".repeat(6000)}\tb\n`);
  write("unknown.json", '{"model": {"widht": 3}}');
  write("list.json", "[1]");
  write("broken.json", "{");
  write("no-plugin.mjs", "export const answer = 42;\n");
  write("broken-plugin.mjs", "throw new Error('the plugin is broken');\n");
  mkdirSync(join(folder, "folder.tsv"));
  mkdirSync(join(folder, "of-others"));
  write("of-others/thesis.tex", "years of work");
  const report = await jsonOf<{ out: string }>(["train", ...training, "--steps", "1", "--out", "run"], folder);
  expect(report.out).toBe("run");
});

afterAll(() => rmSync(folder, { recursive: true }));

const training = ["--data", "toy.tsv", ...tiny, "--decoded", "0"];
const train = ["train", ...training, "--steps", "1", "--out", "refused"];

const cases: Readonly<Record<string, readonly [args: readonly string[], message: string | RegExp]>> = {
  "no data": [
    ["train"],
    "which data? Give --data a .txt, .tsv or .jsonl file, a folder or a pattern of such files, or one of: cmudict",
  ],
  "a missing file": [[...train, "--data", "nope.tsv"], "there is no file nope.tsv"],
  "a folder as data": [
    [...train, "--data", "folder.tsv"],
    "cannot read folder.tsv: no file of this folder is one of .txt",
  ],
  "a pattern without files": [[...train, "--data", "nope/*.jsonl.zst"], "nope/*.jsonl.zst: no file fits this pattern"],
  "a corpus with --repeated": [
    [...train, "--data", "nope*.tsv", "--repeated", "all"],
    "nope*.tsv is streamed, and each of its pairs is trained on; leave out --repeated",
  ],
  "an empty file": [[...train, "--data", "empty.tsv"], "empty.tsv is empty"],
  "a binary file": [[...train, "--data", "binary.txt"], "binary.txt:1: not a text file"],
  "a file of another kind": [[...train, "--data", "words.doc"], "a data file is one of .txt, .tsv, .jsonl"],
  "a line without a tab": [
    [...train, "--data", "no-tab.tsv"],
    'no-tab.tsv:2: expected source, tab, target; there is no tab; got "ab ba"',
  ],
  "pairs among texts": [[...train, "--data", "mixed.jsonl"], "mixed.jsonl:2 has source and target"],
  "a profile of a backend that has none": [
    [...train, "--profile", "--backend", "cpu"],
    'backend "cpu" has no profile; backends that have one: simd',
  ],
  "no steps to profile": [[...train, "--profile", "--profile-steps", "5-3"], /: steps such as 3-12.* got "5-3"/],
  "links in a circle": [[...train, "--data", "loop.tsv"], "loop.tsv: its symbolic links lead in a circle"],
  "a device": [[...train, "--data", "device.tsv"], "device.tsv: it is a device, not a file"],
  "three columns": [
    [...train, "--data", "columns.tsv"],
    "columns.tsv:1: expected source, tab, target; there are 2 tabs",
  ],
  "a column that there is not": [
    [...train, "--data", "columns.tsv", "--source-column", "id"],
    'columns.tsv:1: there is no column "id"; the first line names "1", "ab", "ba"',
  ],
  "half a pair beside a text": [[...train, "--data", "ambiguous.jsonl"], "ambiguous.jsonl:1: expected"],
  "one overlong pair": [
    [...train, "--data", "long.tsv"],
    /long\.tsv:51: the pair .* takes 6002 positions, the model has 16; 1 of \d+ are too long.*--too-long skip/,
  ],
  "an overlong pair in evaluation": [
    ["evaluate", "run", "--data", "long.tsv"],
    /long\.tsv:51: .* the model has 16; 1 of 51 are too long, the longest takes 6002; --too-long skip leaves them out, --too-long cut shortens them\n$/,
  ],
  "a prompt that looks like a flag": [["generate", "run", "-5 3 ?"], "and is no flag stands after --"],
  "a key that stands twice": [["train", "--config", "twice.json"], 'twice.json: the key "steps" stands twice'],
  "a configuration in UTF-16": [["train", "--config", "utf-16.json"], "utf-16.json: it is UTF-16"],
  "a sequence longer than the model": [
    [...train, "--length", "5"],
    /the pair "...?" → "...?" takes \d positions, the model has 5/,
  ],
  "an unknown architecture": [[...train, "--architecture", "casual"], 'did you mean "causal"?'],
  "an unknown objective": [[...train, "--objective", "seq2sec"], 'did you mean "seq2seq"?'],
  "an unknown kernel": [[...train, "--attention", "flash"], "There are: "],
  "an unknown backend": [[...train, "--backend", "smd"], 'did you mean "simd"?'],
  "a backend that cannot run here": [[...train, "--backend", "webgl"], /webgl.*Run in a browser/],
  "an objective that does not fit": [[...train, "--objective", "seq2seq"], "this combination cannot work"],
  "heads that do not divide the width": [[...train, "--heads", "3"], "width: 8 is not a multiple of heads, 3"],
  "a word for a number": [[...train, "--steps", "many"], '--steps: a whole number from 1, got "many"'],
  "a number out of range": [[...train, "--dropout", "1.5"], "--dropout: a number from 0 below 1, got 1.5"],
  "a scope of the loss that the objective does not have": [
    [...train, "--architecture", "prefix", "--loss", "all"],
    'objective "prefix-lm"',
  ],
  "an unknown field in a configuration": [
    ["train", "--config", "unknown.json"],
    'unknown.json: there is no "model.widht"; did you mean "width"?',
  ],
  "a configuration that is no object": [["train", "--config", "list.json"], "list.json: an object of fields, got [1]"],
  "a configuration that is no JSON": [["train", "--config", "broken.json"], "broken.json"],
  "a configuration that is not there": [["train", "--config", "nope.json"], "nope.json"],
  "an unknown preset": [["train", "--preset", "constructor"], 'there is no preset "constructor"; there are: demo'],
  "a module without plugins": [["list", "--plugin", "./no-plugin.mjs"], "no-plugin.mjs exports no plugin"],
  "a module that cannot be loaded": [["list", "--plugin", "./broken-plugin.mjs"], "the plugin is broken"],
  "a module that is not there": [["list", "--plugin", "./nope.mjs"], "cannot load the plugin ./nope.mjs"],
  "an unknown kind": [["list", "architectures"], 'there is no plugin of kind "architectures"; kinds: '],
  "a mask that cannot be read": [["mask", "prefix(3"], "prefix(3"],
  "a mask of no queries": [["mask", "causal", "--queries", "0"], "--queries is a whole number from 1, got 0"],
  "a mask too large for the page": [["mask", "causal", "--queries", "300", "--open"], "at most 256 positions, got 300"],
  "a row that the mask does not have": [["mask", "prefix([1,2])", "--row", "2"], "--row is a number from 0 to 1"],
  "an output folder that holds something else": [
    [...train, "--out", "of-others"],
    "of-others is not a run folder: it holds thesis.tex",
  ],
  "an output folder that holds this run": [
    [...train, "--out", "run"],
    "already holds this run with checkpoints; resume it",
  ],
  "a resume with other settings": [
    [...train, "--out", "run", "--resume", "--batch", "4"],
    "run holds another run (batch is 8 there, 4 here)",
  ],
  "a resume as another architecture": [
    [...train, "--out", "run", "--resume", "--architecture", "prefix"],
    'architecture is "causal" there, "prefix" here',
  ],
  "a report into the folder of a run": [
    ["compare", ...training, "--layers", "2", "--out", "run"],
    "run holds checkpoints, metrics.jsonl, run.json",
  ],
  "an arm named twice": [["compare", ...training, "--architectures", "causal,causal"], "the arm causal is named twice"],
  "an unknown arm": [["compare", ...training, "--architectures", "causal,prefx"], 'did you mean "prefix"?'],
  "evaluation of a folder without a run": [["evaluate", "of-others"], "of-others holds no whole checkpoint"],
  "generation from a missing folder": [["generate", "nope", "ab"], "it is empty or is not there: check the path"],
  "a beam of none": [["generate", "run", "ab", "--beam", "0"], "--beam is a whole number from 1, got 0"],
  "a beam wider than the vocabulary": [["generate", "run", "ab", "--beam", "9999"], "beam is an integer from 1 to the"],
  "an evaluation by a beam wider than the vocabulary": [
    ["evaluate", "run", "--beam", "9999"],
    /--beam is at most the \d+ tokens of the vocabulary, got 9999/,
  ],
  "a flag of another strategy": [
    ["generate", "run", "ab", "--beam", "2", "--temperature", "2"],
    "the strategy beam does not take --temperature",
  ],
  "several answers of a strategy that draws nothing": [
    ["generate", "run", "ab", "--samples", "3"],
    "--samples 3: the strategy greedy gives the same answer each time; leave it out, draw with --strategy sample, or take",
  ],
  "several answers of a beam": [["generate", "run", "ab", "--samples", "2", "--beam", "2"], "the strategy beam gives"],
  "more answers than a beam has": [
    ["generate", "run", "ab", "--n", "3", "--beam", "2", "--strategy", "length-beam"],
    "the strategy length-beam chooses 2 of its answers at most, got samples 3; ask for fewer",
  ],
  "log-probabilities that nothing would tell": [["generate", "run", "ab", "--logprobs", "2"], "add --json"],
  "options of a processor": [
    ["generate", "run", "ab", "--processors", '{"repetition-penalty": {"penalty": 0}}'],
    'logits-processor "repetition-penalty"',
  ],
  "a processor that there is not": [["generate", "run", "ab", "--processors", '{"magic": {}}'], "magic"],
  "a temperature of 0": [
    ["generate", "run", "ab", "--temperature", "0"],
    "the strategy greedy takes the most probable token each time",
  ],
  "a strategy that there is not": [["generate", "run", "ab", "--strategy", "magic"], "magic"],
  "generation without a prompt": [["generate", "run"], "there is no prompt"],
  "an empty prompt": [["generate", "run", ""], "a prompt is empty"],
  "a prompt longer than the model": [
    ["generate", "run", "a".repeat(50)],
    "takes 51 positions, the model has 16; shorten it",
  ],
  "evaluation of pairs on text": [
    ["evaluate", "run", "--data", "toy.txt"],
    "the model was trained on pairs, but toy.txt holds text",
  ],
};

test.concurrent.each(Object.entries(cases))("%s: one clear line, exit code 2", async (_, [args, message]) => {
  const { code, stdout, stderr } = await runTrivium(args, folder);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^trivium: [^\n]+\n$/);
  expect(stderr).not.toMatch(/ at .*\.ts:\d+/);
  expect(stderr).toMatch(message);
});

test("what was refused wrote nothing", () => {
  expect(readdirSync(folder)).not.toContain("refused");
  expect(readdirSync(join(folder, "of-others"))).toEqual(["thesis.tex"]);
});
