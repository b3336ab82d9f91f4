import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blobFiles } from "@trivium/checkpoint";
import {
  collectAnswers,
  forcedTokens,
  generate,
  noRepeatNGram,
  sample,
  suppressedTokens,
  temperature,
} from "@trivium/generate";
import { pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { disposeTree } from "@trivium/tensor";
import { expect, test } from "vitest";
import { huggingFacePlugin } from "./hugging-face.ts";
import { answerOptions, mergeRecipes, readRecipe, streamText } from "./index.ts";
import { openModel } from "./open-model.ts";
import type { OpenedModel } from "./opened-model.ts";
import { registry as runs } from "./testing/registry.ts";

const plugins: AnyPlugin[] = [...runs.list("architecture"), ...runs.list("backend"), ...runs.list("attention")];
const registry = createRegistry<AnyPlugin>([
  ...plugins,
  ...runs.list("objective"),
  ...runs.list("tokenizer"),
  ...pretrainedPlugins,
  huggingFacePlugin,
]);

/** Opens a fixture with a generation configuration. */
function open(name: string, generation: object, ignore: readonly string[] = []): Promise<OpenedModel> {
  const folder = join(import.meta.dirname, "../../pretrained/fixtures", name);
  const names = ["config.json", "model.safetensors"];
  const blobs = names.map((file) => [file, new Blob([readFileSync(join(folder, file))])] as const);
  const files = blobFiles("x", {
    ...Object.fromEntries(blobs),
    "generation_config.json": new Blob([JSON.stringify(generation)]),
  });
  return openModel(files, {
    registry,
    ignore,
    change: (recipe) => readRecipe(mergeRecipes(recipe, { backend: { name: "cpu" } })),
  });
}

const idsOf = async (opened: OpenedModel, options: ReturnType<typeof answerOptions>) => {
  const { tokenizer, task } = opened;
  const example =
    task === "pairs"
      ? { source: tokenizer.encodeSource("5 6 7"), target: [] }
      : { tokens: tokenizer.encodeTarget("5 6 7") };
  return (await collectAnswers(generate({ ...options, examples: [example] })))[0]!.map(({ ids }) => ids);
};

test("a model is answered with as its files say, and a caller's choice comes first", async () => {
  const config = {
    num_beams: 3,
    num_return_sequences: 2,
    no_repeat_ngram_size: 2,
    suppress_tokens: [9],
    max_new_tokens: 4,
  };
  const opened = await open("gpt2", config);
  const own = answerOptions(opened);
  expect([own.strategy?.name, own.samples, own.maximumTokens]).toEqual(["length-beam", 2, 4]);
  expect(own.processors?.map(({ name }) => name)).toEqual(["no-repeat-n-gram", "suppressed-tokens"]);
  const answers = await idsOf(opened, own);
  expect(answers).toHaveLength(2);
  expect(answers.flat()).not.toContain(9);
  const mine = [temperature({ temperature: 2 }), suppressedTokens({ ids: [7] }), noRepeatNGram({ size: 3 })];
  const asked = answerOptions(opened, { strategy: sample(), processors: mine, tokens: 9 });
  expect([asked.strategy?.name, asked.samples, asked.maximumTokens]).toEqual(["sample", 1, 9]);
  expect(asked.processors).toEqual([mine[2], mine[1], mine[0]]);
  const none = answerOptions(opened, { defaults: false });
  expect([none.strategy?.name, none.processors, none.maximumTokens]).toEqual(["greedy", [], 64]);
  disposeTree(opened.parameters);
});

test("a first token that is forced is a part of the answer, and no text", async () => {
  const opened = await open("bart-scaled-forced", { forced_bos_token_id: 0, max_length: 6 });
  const options = answerOptions(opened);
  expect(options.special.frame.target?.before).toEqual([]);
  const [forced] = await idsOf(opened, options);
  // The start of the decoder is the first of six.
  expect([forced![0], forced!.length]).toEqual([0, 5]);
  const [free] = await idsOf(opened, answerOptions(opened, { defaults: false, tokens: 4 }));
  expect(free).toEqual(forced!.slice(1));
  const parts: string[] = [];
  for await (const text of streamText(opened, "5 6 7")) parts.push(text);
  expect(parts.join("").trim().split(" ").map(Number)).toEqual(forced!.filter((id) => id !== 0));
  expect(forcedTokens({ first: 0 }).name).toBe(options.processors?.[0]?.name);
  disposeTree(opened.parameters);
});

test("what cannot be applied is refused when it is answered with, by its name, and may be ignored", async () => {
  const opened = await open("gpt2", { guidance_scale: 1.5 });
  expect(() => answerOptions(opened)).toThrow(/x\/generation_config.json: .*guidance_scale \(1.5/);
  expect(answerOptions(opened, { defaults: false }).samples).toBe(1);
  const ignoring = await open("gpt2", { guidance_scale: 1.5 }, ["guidance_scale"]);
  expect(answerOptions(ignoring).strategy?.name).toBe("greedy");
  for (const { parameters } of [opened, ignoring]) disposeTree(parameters);
});
