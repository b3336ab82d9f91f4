import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeCheckpoint } from "@trivium/checkpoint/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namedRecipes } from "../src/settings.ts";
import { checkpointsOf, command, jsonOf, runAlone, runTrivium, startTrivium, weightsOf } from "./run-trivium.ts";
import { tiny, writeToyData } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-train-"));
beforeAll(() => writeToyData(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const training = (out: string, steps: number, ...more: string[]) => [
  ...["train", "--data", "toy.tsv", ...tiny, "--decoded", "0", "--steps", String(steps)],
  ...["--checkpoint-every", "5", "--evaluate-every", "100000", "--out", out, ...more],
];

/** Returns the configuration in a run's newest checkpoint. */
const configOf = (run: string): string =>
  readFileSync(
    join(folder, run, "checkpoints", checkpointsOf(join(folder, run)).at(-1) as string, "config.json"),
    "utf8",
  );

interface Trained {
  out: string;
  step: number;
  reason: string;
  loss: number;
  targetLoss: number;
  seenTokens: number;
  flops: number;
}

describe.each(["causal", "prefix", "encoder-decoder"])("%s", (architecture) => {
  test.each(["txt", "tsv", "jsonl"])("trains on .%s, is evaluated and generates", async (form) => {
    const run = `${architecture}-${form}`;
    const flags = ["--architecture", architecture, "--steps", "30", "--learning-rate", "0.01", "--out", run];
    const trained = await jsonOf<Trained>(["train", "--data", `toy.${form}`, ...tiny, ...flags], folder);
    expect(trained).toMatchObject({ out: run, step: 30, reason: "finished" });
    // An even guess over the 261 ids of bytes and specials.
    expect(trained.loss).toBeLessThan(Math.log(261) - 1);
    for (const count of [trained.seenTokens, trained.flops, trained.targetLoss]) expect(count).toBeGreaterThan(0);
    const scored = await jsonOf<{ targetLoss: number; wer?: number }>(["evaluate", run], folder);
    expect(scored.targetLoss).toBeLessThan(Math.log(261) - 1);
    expect(scored.wer === undefined).toBe(form === "txt");
    const answers = await jsonOf<{ prompt: string; answer: string; stopped: string }[]>(
      ["generate", run, "ab", "cd", "--tokens", "5"],
      folder,
    );
    expect(answers.map(({ prompt }) => prompt)).toEqual(["ab", "cd"]);
    for (const { stopped } of answers) expect(["end", "length"]).toContain(stopped);
    if (form === "jsonl") return;
    const draw = ["--temperature", "1.5", "--top-k", "20", "--top-p", "0.95", "--samples", "2", "--seed", "3"];
    const drawn = await jsonOf(["generate", run, "ab", "--tokens", "5", ...draw], folder);
    expect(drawn).toHaveLength(2);
    expect(await jsonOf(["generate", run, "ab", "--tokens", "5", ...draw], folder)).toEqual(drawn);
    // A single prompt's text comes little by little; together it is the answer.
    const { stdout } = await runTrivium(["generate", run, "ab", "--tokens", "5"], folder);
    expect(stdout).toBe(`ab${form === "tsv" ? "\t" : ""}${answers[0]?.answer}\n`);
    const [cut] = await jsonOf<typeof answers>(["generate", run, "ab", "--beam", "2", "--stop", "zz"], folder);
    expect(cut?.answer).not.toContain("zz");
  });
});

test("a run whose schedule has another length is refused with the flag that goes on, and any optimiser trains by a file of rates", async () => {
  writeFileSync(join(folder, "rates.txt"), "0 0.01\n4 0.001\n");
  const rates = ["--schedule", "file", "--schedule-options", '{"path":"rates.txt"}', "--optimizer", "adafactor"];
  await jsonOf(training("by-file", 2, ...rates), folder);
  expect(await jsonOf(training("by-file", 4, ...rates, "--resume"), folder)).toMatchObject({ step: 4 });
  await jsonOf(training("longer", 4), folder);
  const refused = await runTrivium(training("longer", 6, "--resume"), folder);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--total-steps 4 goes on") });
  const further = await runTrivium(training("longer", 6, "--resume", "--total-steps", "4"), folder);
  expect(further).toMatchObject({ code: 0, stderr: expect.stringContaining("the schedule ends at step 4 of 6") });
});

test("a run stops early, and its best checkpoint can be opened", async () => {
  const flags = ["--evaluate-every", "2", "--patience", "1", "--learning-rate", "0.5", "--keep", "1"];
  const ended = await jsonOf<{ reason: string; best: { step: number } }>([...training("early", 40), ...flags], folder);
  expect(ended.reason).toBe("stopped-early");
  const best = await jsonOf<object>(["evaluate", "early", "--checkpoint", "best"], folder);
  expect(await jsonOf(["evaluate", "early", "--checkpoint", String(ended.best.step)], folder)).toEqual(best);
  const none = await runTrivium(["generate", "early", "ab", "--checkpoint", "1"], folder);
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("it has none of step 1; the newest is of step"),
  });
});

test("a model of characters is evaluated on another file with its own alphabet, and answers lines of stdin", async () => {
  writeFileSync(join(folder, "more.tsv"), "dcba\tabcd\nabba\tba\n");
  await jsonOf(training("characters", 20, "--tokenizer", "character"), folder);
  const other = await jsonOf<{ data: string; targetTokens: number }>(
    ["evaluate", "characters", "--data", "more.tsv"],
    folder,
  );
  // All of the file: six letters and two ends.
  expect(other).toMatchObject({ data: "more.tsv", targetTokens: 8 });
  const scoring = ["evaluate", "characters", "--data", "more.tsv", "--metrics"];
  const { metrics } = await jsonOf<{ metrics: object[] }>([...scoring, "bleu, chrf-plus-plus"], folder);
  expect(metrics).toEqual([
    {
      name: "BLEU",
      score: expect.any(Number),
      signature: expect.stringMatching(/^nrefs:1\|case:mixed\|eff:no\|tok:13a/),
    },
    { name: "chrF2++", score: expect.any(Number), signature: expect.stringMatching(/\|nc:6\|nw:2\|/) },
  ]);
  const unknown = await runTrivium([...scoring, "blue"], folder);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "bleu"?') });
});

test("lines of standard input are prompts, each is answered, and an empty one is refused with its number", async () => {
  const answers = async (input: string) => {
    const { stdout } = await runAlone(["generate", "toy", "--tokens", "1", "--json"], folder, input);
    return (JSON.parse(stdout) as { prompt: string }[]).map(({ prompt }) => prompt);
  };
  await jsonOf(training("toy", 1), folder);
  expect(await answers("\uFEFFab\r\na\u2028b\u2029\n \na\rb\ncd")).toEqual(["ab", "a\u2028b\u2029", " ", "a\rb", "cd"]);
  const { code, stderr } = await runAlone(["generate", "toy"], folder, "ab\n\ncd\n");
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "trivium: standard input:2: a prompt is empty; give at least one character\n",
  });
  const dashed = await runTrivium(["generate", "toy", "--tokens", "1", "--", "-5 3 ?"], folder);
  expect(dashed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^-5 3 \?\t/) });
});

test("answers with line ends are said, as lines do not tell them apart", async () => {
  writeFileSync(join(folder, "ends.jsonl"), '{"source": "a", "target": "x\\n\\n\\n"}\n'.repeat(16));
  const steps = [...training("ends", 120, "--checkpoint-every", "120"), "--data", "ends.jsonl", "--repeated", "all"];
  await jsonOf([...steps, "--held-out", "0", "--learning-rate", "0.05"], folder);
  const { stdout, stderr } = await runAlone(["generate", "ends", "--tokens", "4"], folder, "a\na\n");
  expect(stdout.split("\n").length).toBeGreaterThan(3);
  expect(stderr).toContain("warning: line ends stand in 2 of 2 answers; --json keeps answers apart");
  const { stdout: json, stderr: said } = await runAlone(["generate", "ends", "--json"], folder, "a\na\n");
  expect([JSON.parse(json).length, said.includes("line ends")]).toEqual([2, false]);
});

test("what was read is said: repeated sources, and pairs that are too long", async () => {
  const lines = Array.from({ length: 240 }, (_, at) => `s${at % 8}\tt${at}\n`).join("");
  writeFileSync(join(folder, "repeated.tsv"), `${lines}${"a".repeat(300)}\tb\n`);
  const run = (flags: readonly string[]) =>
    runTrivium([...training("repeated", 1), "--data", "repeated.tsv", ...flags], folder);
  const { code, stderr } = await run(["--repeated", "all", "--too-long", "skip", "--held-out", "0"]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining("241 lines → 241 examples (241 to train on) → 241 references"),
  });
  expect(stderr).toContain("1 pair exceeds the length, 16, and is left out; the longest takes 302");
  const refused = await runTrivium(["evaluate", "repeated"], folder);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("nothing of repeated.tsv was held out") });
  expect(refused.stderr).toContain("or score what it was trained on with --data FILE --seen warn");
  const own = ["evaluate", "repeated", "--data", "repeated.tsv", "--seen", "warn"];
  expect(await jsonOf(own, folder)).toMatchObject({ tooLong: 1, seen: 9 });
  const scored = await jsonOf(["evaluate", "toy", "--data", "repeated.tsv", "--too-long", "cut"], folder);
  expect(scored).toMatchObject({ tooLong: 1, seen: 0 });
});

test("a file that has changed since is not what the model is scored on", async () => {
  writeFileSync(join(folder, "changing.tsv"), readFileSync(join(folder, "toy.tsv")));
  await jsonOf([...training("of-changing", 1), "--data", "changing.tsv"], folder);
  writeFileSync(join(folder, "changing.tsv"), "dddd\tdddd\n", { flag: "a" });
  const { code, stderr } = await runTrivium(["evaluate", "of-changing"], folder);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("changing.tsv has changed since") });
});

describe("what a model was trained on is not what it is scored on", () => {
  interface Scored {
    data: string;
    seen?: number;
    targetTokens: number;
  }
  const elsewhere = join(folder, "elsewhere");
  let own: Scored;

  beforeAll(async () => {
    mkdirSync(elsewhere);
    cpSync(join(folder, "toy.tsv"), join(folder, "moved.tsv"));
    await jsonOf([...training("scored", 1), "--data", "moved.tsv"], folder);
    own = await jsonOf<Scored>(["evaluate", "scored"], folder);
  });

  test("the run finds its data from every folder", async () => {
    expect(await jsonOf<Scored>(["evaluate", "../scored"], elsewhere)).toEqual({ ...own, run: "../scored" });
  });

  test.each(["../moved.tsv", "copy.tsv", "../toy.jsonl"])("of %s it takes the same test part", async (data) => {
    cpSync(join(folder, "toy.tsv"), join(elsewhere, "copy.tsv"));
    const { targetTokens, seen } = await jsonOf<Scored>(["evaluate", "../scored", "--data", data], elsewhere);
    expect({ targetTokens, seen }).toEqual({ targetTokens: own.targetTokens, seen: 0 });
  });

  test("a file that shares sources with the training part is refused, or scored with a warning", async () => {
    writeFileSync(join(elsewhere, "some.tsv"), `${readFileSync(join(folder, "toy.tsv"), "utf8")}dddd\tdddd\n`);
    const scoring = ["evaluate", "../scored", "--data", "some.tsv"];
    const { code, stdout, stderr } = await runTrivium(scoring, elsewhere);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^trivium: the model was trained on 72 of the 81 sources of some\.tsv, such as "[a-d]+"/);
    const warned = await runTrivium([...scoring, "--seen", "warn", "--json"], elsewhere);
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringMatching(/^warning: the model was trained on 72/) });
    expect(JSON.parse(warned.stdout)).toMatchObject({ seen: 72 });
  });

  test("where the training data is gone, that is said of the run, and of what cannot be known", async () => {
    rmSync(join(folder, "moved.tsv"));
    const gone = await runAlone(["evaluate", "scored"], folder);
    expect(gone).toMatchObject({ code: 2, stdout: "" });
    expect(gone.stderr).toMatch(
      /^trivium: scored was trained on \S*moved\.tsv, which is not there any more; put it back/,
    );
    const scored = await jsonOf<Scored>(["evaluate", "scored", "--data", "toy.jsonl"], folder);
    expect(scored).toMatchObject({ seen: 0, targetTokens: own.targetTokens });
    writeFileSync(join(folder, "other.tsv"), "dcba\tabcd\nabba\tabba\n");
    const { code, stdout, stderr } = await runTrivium(["evaluate", "scored", "--data", "other.tsv", "--json"], folder);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^warning: .* other\.tsv is unknown: /),
    });
    expect(JSON.parse(stdout)).not.toHaveProperty("seen");
  });
});

test("where no folder is named, it is named after the architecture and the data", async () => {
  const { out } = await jsonOf<Trained>(["train", "--data", "toy.tsv", ...tiny, "--steps", "1"], folder);
  expect(out).toBe("runs/causal-toy");
});

test("names that look like numbers are names", async () => {
  expect((await jsonOf<Trained>(training("1e3", 1), folder)).out).toBe("1e3");
  expect(checkpointsOf(join(folder, "1e3"))).toEqual(["step-000001"]);
});

test("flags come before a configuration, and it before a preset", async () => {
  writeFileSync(
    join(folder, "config.json"),
    JSON.stringify({
      data: { name: "file", options: { path: "toy.tsv" } },
      model: { width: 8, heads: 2, layers: 2 },
      steps: 3,
    }),
  );
  const flags = [
    "--preset",
    "demo",
    "--config",
    "config.json",
    "--layers",
    "1",
    "--decoded",
    "0",
    "--out",
    "configured",
  ];
  expect((await jsonOf<Trained>(["train", ...flags], folder)).step).toBe(3);
  const { identity } = JSON.parse(readFileSync(join(folder, "configured/run.json"), "utf8"));
  expect(identity).toMatchObject({ batch: namedRecipes.demo?.batch, model: { width: 8, layers: 1, length: 16 } });
});

describe("--resume", () => {
  test("on a missing or empty folder starts at step 0 and says so", async () => {
    mkdirSync(join(folder, "empty"));
    for (const out of ["missing", "empty"]) {
      const { code, stderr } = await runTrivium(training(out, 2, "--resume"), folder);
      expect(code).toBe(0);
      expect(stderr).toContain(`step 0 of 2; there is nothing to resume in ${out}`);
      expect(checkpointsOf(join(folder, out))).toEqual(["step-000002"]);
    }
  });

  test("says what it goes on from, and goes on with more steps where the schedule has no end", async () => {
    const constant = ["--schedule", "constant"];
    await jsonOf(training("endless", 10, ...constant), folder);
    const { stderr } = await runTrivium(training("endless", 20, "--resume", ...constant), folder);
    expect(stderr).toContain("resumed from step 10 of 20 in endless");
    await jsonOf(training("at-once", 20, ...constant), folder);
    expect(weightsOf(join(folder, "endless")).equals(weightsOf(join(folder, "at-once")))).toBe(true);
  });

  test("is refused where the length of the run changes the rate", async () => {
    await jsonOf(training("cosine", 10), folder);
    const { code, stderr } = await runTrivium(training("cosine", 20, "--resume"), folder);
    expect(code).toBe(2);
    expect(stderr).toContain("schedule.steps is 10 there, 20 here");
  });

  test("is refused in one line that says what to do, for a run of a version without recipes", async () => {
    await jsonOf(training("before", 5), folder);
    const run = join(folder, "before");
    await writeCheckpoint(run, { step: 6, files: { "config.json": { cli: { settings: {} } } } });
    const identity = { architecture: "causal", model: { normPlacement: "pre" } };
    writeFileSync(join(run, "run.json"), JSON.stringify({ format: "trivium-run", version: 1, identity }));
    const { code, stderr } = await runTrivium(training("before", 10, "--resume"), folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^trivium: before was trained by a version without recipes; train it again, [^\n]*\n$/m);
  });

  test("passes over a checkpoint that is truncated, and generates from an older one too", async () => {
    await jsonOf(training("truncated", 10), folder);
    const weights = join(folder, "truncated/checkpoints/step-000010/model.safetensors");
    truncateSync(weights, 100);
    const generated = await runTrivium(["generate", "truncated", "ab"], folder);
    expect(generated).toMatchObject({ code: 0, stderr: expect.stringMatching(/^warning: .*model\.safetensors/) });
    const { code, stderr } = await runTrivium(training("truncated", 10, "--resume"), folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("resumed from step 5 of 10") });
    expect(stderr).toMatch(/warning: .*model\.safetensors/);
    await jsonOf(training("whole", 10), folder);
    expect(weightsOf(join(folder, "truncated")).equals(weightsOf(join(folder, "whole")))).toBe(true);
  });

  test("is refused if every checkpoint was altered, and nothing is removed", async () => {
    await jsonOf(training("altered", 5), folder);
    const weights = join(folder, "altered/checkpoints/step-000005/model.safetensors");
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(weights, bytes);
    const { code, stderr } = await runTrivium(training("altered", 5, "--resume"), folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^trivium: altered has no checkpoint that is whole: [^\n]*model\.safetensors[^\n]*\n$/m);
    expect(readFileSync(weights).equals(bytes)).toBe(true);
    expect(await runTrivium(["generate", "altered", "ab"], folder)).toMatchObject({ code: 2, stdout: "" });
  });
});

test("a run that another process works in is refused in one line, and that one ends undisturbed", async () => {
  const { child, ended, says } = startTrivium(training("in-use", 100_000), folder);
  await says("step 0 of 100000");
  const { code, stdout, stderr } = await runAlone(training("in-use", 100_000, "--resume"), folder);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^trivium: in-use is in use by process ${child.pid} on [^\\n]+\\n$`));
  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  expect(readdirSync(join(folder, "in-use")).sort()).toEqual(["checkpoints", "metrics.jsonl", "run.json"]);
});

describe("a signal while it trains", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 0],
    ["SIGHUP", 130],
  ] as const)("%s stops it with a checkpoint and exit code %i", async (signal, exitCode) => {
    const { child, ended, says } = startTrivium(training(signal, 100_000), folder);
    await says("step 0 of 100000");
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({
      code: exitCode,
      stdout: expect.stringMatching(/^stopped at step \d+; the run is in SIG/),
    });
    expect(stderr).toContain("stopping after this step");
    expect(checkpointsOf(join(folder, signal))).not.toHaveLength(0);
  });

  test("says which command goes on, and that ends with the weights of an undisturbed run", async () => {
    // So many steps that the signal comes before the last one; few checkpoints, which take longer than the steps.
    const long = (out: string) => training(out, 500).map((word) => (word === "5" ? "250" : word));
    const { child, ended, says } = startTrivium(long("it's stopped"), folder);
    await says("step 0 of 500");
    child.kill("SIGINT");
    const [, typed = ""] = /^to go on: trivium (.*)$/m.exec((await ended).stderr) ?? [];
    expect(typed).toBe(`${long("").slice(0, -1).join(" ")} 'it'\\''s stopped' --resume`);
    expect(checkpointsOf(join(folder, "it's stopped"))).not.toContain("step-000500");
    const resumed = execFileSync("sh", ["-c", `"$0" ${command.join(" ")} ${typed} 2>&1`, process.execPath], {
      cwd: folder,
    });
    expect(resumed.toString()).toMatch(/resumed from step \d+ of 500/);
    await jsonOf(long("undisturbed"), folder);
    expect(weightsOf(join(folder, "it's stopped")).equals(weightsOf(join(folder, "undisturbed")))).toBe(true);
    // What the command was told of the folder and of resuming is no part of the run.
    expect(configOf("it's stopped")).toBe(configOf("undisturbed"));
  });
});
