import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWeights } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { COMMIT, MODEL, serveHub } from "@trivium/hub/testing";
import { afterAll, expect, test, vi } from "vitest";
import { jsonOf, runAlone, runTrivium } from "./run-trivium.ts";

interface Answer {
  readonly answer: string;
  readonly tokens?: readonly { id: number; logProbability: number; top?: readonly object[] }[];
}

const folder = mkdtempSync(join(tmpdir(), "trivium-pretrained-"));
const fixture = (name: string): string => join(import.meta.dirname, "../../../packages/pretrained/fixtures", name);
afterAll(() => rmSync(folder, { recursive: true }));

test("a foreign folder answers a prompt, by flags too, and through a prefix mask", async () => {
  const asked = ["--prompt", "5 6 7 8", "--tokens", "5"];
  const [causal] = await jsonOf<{ answer: string }[]>(["generate", "--model", fixture("llama"), ...asked], folder);
  expect(causal?.answer).toMatch(/^( \d+){5}$/);
  const [same] = await jsonOf<{ answer: string }[]>(["generate", fixture("llama"), "5 6 7 8", "--tokens", "5"], folder);
  expect(same).toEqual(causal);
  const prefix = ["--architecture", "prefix"];
  const [other] = await jsonOf<{ answer: string }[]>(["generate", fixture("llama"), ...asked, ...prefix], folder);
  expect(other?.answer).not.toBe(causal?.answer);
});

test("a foreign folder is answered with as its files say, and as flags say first", async () => {
  cpSync(fixture("gpt2"), join(folder, "tuned"), { recursive: true });
  const config = { num_beams: 3, num_return_sequences: 2, suppress_tokens: [2], max_new_tokens: 4 };
  writeFileSync(join(folder, "tuned/generation_config.json"), JSON.stringify(config));
  const ask = async (...flags: string[]) => {
    const all = await jsonOf<Answer[]>(["generate", "tuned", "5 6 7", ...flags], folder);
    return all.map(({ answer, tokens }) => ({ ids: answer.trim().split(" ").map(Number), tokens }));
  };
  const own = await ask();
  expect(own.map(({ ids }) => ids.length)).toEqual([4, 4]);
  expect(own.flatMap(({ ids }) => ids)).not.toContain(2);
  const scored = await ask("--strategy", "greedy", "--tokens", "3", "--logprobs", "2", "--no-defaults");
  expect(scored).toHaveLength(1);
  for (const [at, { id, logProbability, top = [] }] of scored[0]!.tokens!.entries()) {
    expect(id).toBe(scored[0]!.ids[at]);
    expect(top[0]).toEqual({ id, text: String(id), logProbability });
    expect(top).toHaveLength(2);
  }
  const [ngram] = await ask(
    "--processors",
    '{"no-repeat-n-gram": {"size": 1}}',
    "--strategy",
    "greedy",
    "--tokens",
    "9",
  );
  expect(new Set(ngram!.ids).size).toBe(9);
  const drawn = ["--n", "3", "--strategy-options", '{"typicalP": 0.9}', "--strategy", "sample", "--temperature", "3"];
  expect(new Set((await ask(...drawn)).map(({ ids }) => ids.join())).size).toBe(3);
  writeFileSync(join(folder, "tuned/generation_config.json"), '{"guidance_scale": 2}');
  const refused = await runTrivium(["generate", "tuned", "5"], folder);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/guidance_scale \(2.*--ignore-attribute/)]);
  expect(await jsonOf(["generate", "tuned", "5", "--ignore-attribute", "guidance_scale"], folder)).toHaveLength(1);
});

test("info says what a model is", async () => {
  const facts = await jsonOf<Record<string, unknown>>(["info", fixture("t5-v1_1")], folder);
  expect(facts).toMatchObject({ architecture: "encoder-decoder", vocabulary: 37, layers: { source: 3, target: 2 } });
  // The encoder has run; the table is the head as well.
  const { infos } = await openWeights(folderFiles(fixture("t5-v1_1")));
  const parts = [...infos.values()].filter(({ name }) => /^(decoder|shared)\./.test(name));
  const read = parts.reduce((sum, { shape }) => sum + shape.reduce((bytes, size) => bytes * size, 4), 0);
  expect(facts).toMatchObject({
    readBytesPerToken: { f32: read, bf16: read / 2 },
    tokenizer: { name: "ids", size: 37 },
  });
  const { stdout } = await runTrivium(["info", fixture("gpt2")], folder);
  expect(stdout).toMatch(/parameters +\d+,\d+\n/);
  expect(stdout).toContain("tokens\n  01234567\n0 █·······");
  const window = await jsonOf<{ masks: object[] }>(["info", fixture("mistral-window")], folder);
  expect(window.masks).toEqual([{ stream: "tokens", kind: "self", window: 4, mask: "causal & window(3,3)" }]);
});

test("score tells how likely each line is, and all", async () => {
  writeFileSync(join(folder, "ids.txt"), "5 6 7 8\n\n9 10\n");
  writeFileSync(join(folder, "ids.tsv"), "5 6 7\t8 9\n");
  type Score = { logProbability: number; tokens: number };
  type Scores = { lines: Score[]; total: Score & { perplexity: number } };
  const { lines, total } = await jsonOf<Scores>(["score", fixture("gpt2"), "ids.txt"], folder);
  const sum = lines.reduce((all, { logProbability }) => all + logProbability, 0);
  expect(lines.map(({ tokens }) => tokens)).toEqual([3, 1]);
  expect(total.logProbability).toBeCloseTo(sum, 6);
  expect(total.perplexity).toBeCloseTo(Math.exp(-sum / 4), 4);
  type Each = { lines: { each: { id: number; logProbability: number }[] }[] };
  const each = await jsonOf<Each>(["score", fixture("gpt2"), "ids.txt", "--logprobs"], folder);
  for (const [at, line] of each.lines.entries())
    expect(line.each.reduce((all, one) => all + one.logProbability, 0)).toBeCloseTo(lines[at]!.logProbability, 6);
  const pairs = await jsonOf<Scores>(["score", fixture("t5-v1_0"), "ids.tsv"], folder);
  expect(pairs.lines.map(({ tokens }) => tokens)).toEqual([3]);
  const { code, stderr } = await runTrivium(["score", fixture("t5-v1_0"), "ids.txt"], folder);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/text 1: an encoder-decoder scores targets/)]);
});

test("export writes a folder that opens again with the same answers", async () => {
  const { files } = await jsonOf<{ files: string[] }>(["export", fixture("qwen3"), "--out", "qwen"], folder);
  for (const name of files) expect(existsSync(join(folder, "qwen", name))).toBe(true);
  expect(JSON.parse(readFileSync(join(folder, "qwen/config.json"), "utf8")).architectures).toEqual([
    "Qwen3ForCausalLM",
  ]);
  const ask = (model: string) => jsonOf(["generate", model, "5 6 7", "--tokens", "4"], folder);
  expect(await ask("qwen")).toEqual(await ask(fixture("qwen3")));
  const sharded = ["export", fixture("qwen3"), "--out", "sharded", "--shard-size", "2KB"];
  const { files: parts } = await jsonOf<{ files: string[] }>(sharded, folder);
  expect(parts).toContain("model.safetensors.index.json");
  expect(await ask("sharded")).toEqual(await ask("qwen"));
  const again = await runTrivium(["export", fixture("gpt2"), "--out", "qwen"], folder);
  expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/qwen holds files already .*--out/)]);
});

test("a run of pairs in one stream opens again from its export", async () => {
  const sizes = ["--layers", "1", "--width", "16", "--heads", "2", "--steps", "1", "--batch", "2"];
  writeFileSync(join(folder, "pairs.tsv"), "ab\tba\ncd\tdc\nef\tfe\ngh\thg\n");
  await jsonOf(["train", "--architecture", "causal", "--data", "pairs.tsv", "--out", "run", ...sizes], folder);
  await jsonOf(["export", "run", "--out", "of-run"], folder);
  const [one] = await jsonOf<{ answer: string }[]>(["generate", "of-run", "ab", "--tokens", "2"], folder);
  expect(one?.answer).toEqual(expect.any(String));
});

test("a foreign folder is fine-tuned with a part of it frozen, and the run opens, goes on and resumes", async () => {
  writeFileSync(join(folder, "ids.tsv"), Array.from({ length: 20 }, (_, at) => `${at + 5} 7\t7 ${at + 5}\n`).join(""));
  const sizes = ["--data", "ids.tsv", "--steps", "2", "--batch", "4", "--schedule", "constant"];
  const from = [
    "train",
    "--from",
    fixture("llama"),
    "--freeze",
    "embedding,**.{layers.0,query}",
    "--out",
    "fine-tuned",
    ...sizes,
  ];
  const { stderr, code } = await runTrivium(from, folder);
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/going on from .*llama, a causal model[\s\S]* parameters, [\d,]+ of them trained/),
  ]);
  const facts = await jsonOf<Record<string, unknown>>(["info", "fine-tuned"], folder);
  expect(facts).toMatchObject({ architecture: "causal", vocabulary: 37, steps: 2 });
  const more = [...from, "--steps", "3", "--resume"];
  expect(await jsonOf(more, folder)).toMatchObject({ step: 3 });
  const again = ["train", "--from", "fine-tuned", "--out", "again", ...sizes, "--architecture", "prefix"];
  expect(await jsonOf(again, folder)).toMatchObject({ step: 2 });
  const wide = await runTrivium([...again, "--width", "64"], folder);
  expect([wide.code, wide.stderr]).toEqual([2, expect.stringMatching(/model\.width: fine-tuned has \d+, got 64/)]);
});

test("adapters are trained beside a model, go to PEFT's layout, and answer on top of the model", async () => {
  const sizes = [
    "--data",
    "ids.tsv",
    "--steps",
    "3",
    "--batch",
    "4",
    "--schedule",
    "constant",
    "--learning-rate",
    "0.5",
  ];
  const lora = ["--lora-rank", "2", "--lora-targets", "**.{query,down}", "--out", "lora"];
  const { stderr, code } = await runTrivium(["train", "--from", fixture("llama"), ...lora, ...sizes], folder);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/ parameters of \d+ adapters beside [\d,]+, step 0/)]);
  await jsonOf(["export", "lora", "--format", "peft", "--out", "peft"], folder);
  const ask = (...model: string[]) =>
    jsonOf<{ answer: string }[]>(["generate", ...model, "--prompt", "5 6", "--tokens", "6"], folder);
  const [{ answer } = { answer: "" }] = await ask("lora");
  // A run of pairs answers behind its prompt, a text goes on.
  expect(await ask(fixture("llama"), "--adapter", "peft")).toMatchObject([{ answer: ` ${answer}` }]);
  expect(await ask(fixture("llama"))).not.toMatchObject([{ answer: ` ${answer}` }]);
  const facts = await jsonOf<Record<string, unknown>>(["info", fixture("llama"), "--adapter", "peft"], folder);
  expect(facts).toMatchObject({ adapter: { rank: 2, alpha: 2 } });
  const none = await runTrivium(["export", fixture("llama"), "--format", "peft", "--out", "none"], folder);
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/llama has no adapters; give a run of/)]);
});

test("a causal model is converted to the prefix mask and back, and goes to a GGUF that opens with the same answers", async () => {
  const ask = async (...model: string[]) => {
    const [one] = await jsonOf<{ answer: string }[]>(
      ["generate", ...model, "--prompt", "5 6 7", "--tokens", "5"],
      folder,
    );
    return one?.answer;
  };
  await jsonOf(["convert", fixture("llama"), "as-prefix", "--to", "prefix"], folder);
  expect(await ask("as-prefix")).toBe(await ask(fixture("llama"), "--architecture", "prefix"));
  await jsonOf(["convert", "as-prefix", "back", "--to", "causal"], folder);
  const answer = await ask("back");
  expect(answer).toBe(await ask(fixture("llama")));
  await jsonOf(
    ["train", "--from", "as-prefix", "--data", "ids.tsv", "--steps", "1", "--batch", "4", "--out", "on"],
    folder,
  );
  await jsonOf(["export", "back", "--format", "gguf", "--out", "gguf"], folder);
  expect(await ask("gguf/model-F32.gguf")).toBe(answer);
  const other = await runTrivium(["convert", fixture("llama"), "x", "--to", "encoder-decoder"], folder);
  expect([other.code, other.stderr]).toEqual([
    2,
    expect.stringMatching(/cross-attention between them, which were never trained here/),
  ]);
  const full = await runTrivium(["convert", fixture("llama"), "back", "--to", "prefix"], folder);
  expect([full.code, full.stderr]).toEqual([2, expect.stringMatching(/back holds files already/)]);
});

test("what cannot be opened or written is refused in one line", async () => {
  const other = ["generate", fixture("gpt2"), "5", "--architecture", "encoder-decoder"];
  const format = ["export", fixture("gpt2"), "--out", "x", "--format", "onnx"];
  const family = ["export", fixture("gpt2"), "--out", "x", "--family", "llama"];
  for (const [args, message] of [
    [other, /a causal checkpoint has the parameters of \[tokens\]/],
    [format, /--format is huggingface or gguf or peft, got onnx/],
    [family, /no family can say this model: llama: /],
    [["generate"], /which model\?/],
  ] as const) {
    const { code, stderr } = await runTrivium([...args], folder);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(message);
  }
});

test("a model of the hub opens by its id, pinned by its commit, and then without the hub", async () => {
  const names = readdirSync(fixture("llama"));
  const hub = await serveHub(
    Object.fromEntries(names.map((name) => [name, readFileSync(join(fixture("llama"), name))])),
  );
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HUB_CACHE", join(folder, "hub"));
  const ask = async (...args: string[]) => JSON.parse((await runAlone([...args, "--json"], folder)).stdout);
  const answers = await ask("generate", MODEL, "5 6 7 8", "--tokens", "5", "--revision", "v1");
  const here = await jsonOf(["generate", fixture("llama"), "5 6 7 8", "--tokens", "5"], folder);
  expect(answers).toEqual(here);
  writeFileSync(join(folder, "hub-ids.tsv"), "5 6\t7 8\n6 7\t8 9\n7 8\t9 10\n8 9\t10 11\n");
  const recipe = { from: MODEL, steps: 1, batch: 2, data: { name: "file", options: { path: "hub-ids.tsv" } } };
  writeFileSync(join(folder, "of-hub.json"), JSON.stringify(recipe));
  const trained = await runAlone(["train", "--config", "of-hub.json", "--out", "of-hub"], folder);
  expect([trained.code, trained.stderr]).toEqual([0, expect.stringContaining(`going on from ${MODEL}@${COMMIT}`)]);
  await hub[Symbol.asyncDispose]();
  expect(await ask("info", `hf:${MODEL}@${COMMIT}`, "--offline")).toMatchObject({ name: `${MODEL}@${COMMIT}` });
  vi.unstubAllEnvs();
});
