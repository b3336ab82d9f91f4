import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf, runTrivium } from "./run-trivium.ts";
import { tiny } from "./toy-data.ts";

const folder = mkdtempSync(join(tmpdir(), "trivium-corpora-"));
afterAll(() => rmSync(folder, { recursive: true }));

const texts = (from: number) =>
  Array.from(
    { length: 60 },
    (_, at) => `${JSON.stringify({ text: `text ${from + at}: ${"one and another ".repeat(4)}` })}\n`,
  ).join("");

beforeAll(() => {
  mkdirSync(join(folder, "corpus"));
  writeFileSync(join(folder, "corpus/a.jsonl"), texts(0));
  writeFileSync(join(folder, "corpus/b.jsonl.gz"), gzipSync(texts(60)));
  writeFileSync(join(folder, "corpus/c.jsonl.zst"), zstdCompressSync(texts(120)));
});

const train = (out: string, ...flags: string[]) =>
  jsonOf<{ step: number; loss: number }>(
    [
      "train",
      ...tiny,
      "--decoded",
      "0",
      "--length",
      "32",
      "--batch",
      "8",
      "--checkpoint-every",
      "2",
      "--out",
      out,
      ...flags,
    ],
    folder,
  );
const weights = (run: string, step: number) =>
  readFileSync(join(folder, run, `checkpoints/step-${String(step).padStart(6, "0")}/model.safetensors`));

test("a vocabulary is learned from a corpus, and trained with; a run that goes on has the weights of one that was not stopped", async () => {
  const learned = await jsonOf<{ size: number; texts: number }>(
    ["tokenizer", "train", "--data", "corpus", "--size", "290", "--out", "t.json"],
    folder,
  );
  expect(learned).toMatchObject({ out: "t.json", size: 290 });
  const flags = [
    "--data",
    "corpus/*.jsonl*",
    "--tokenizer",
    "t.json",
    "--data-options",
    '{"shuffle": 20, "cache": "cache"}',
  ];
  await train("whole", ...flags, "--steps", "6");
  await train("parts", ...flags, "--steps", "4", "--total-steps", "6");
  expect((await train("parts", ...flags, "--steps", "6", "--resume")).step).toBe(6);
  expect(weights("parts", 6).equals(weights("whole", 6))).toBe(true);
});

test("a file that vanished since is named when the run goes on", async () => {
  const flags = ["--data", "corpus", "--steps", "2"];
  await train("named", ...flags);
  renameSync(join(folder, "corpus/b.jsonl.gz"), join(folder, "b.jsonl.gz"));
  const again = [
    "train",
    ...tiny,
    "--decoded",
    "0",
    "--length",
    "32",
    "--batch",
    "8",
    "--checkpoint-every",
    "2",
    "--out",
    "named",
  ];
  const { code, stderr } = await runTrivium([...again, ...flags, "--resume"], folder);
  renameSync(join(folder, "b.jsonl.gz"), join(folder, "corpus/b.jsonl.gz"));
  expect(code).toBe(2);
  expect(stderr).toMatch(/named holds another run .*files\.b\.jsonl\.gz is .* there/);
});
