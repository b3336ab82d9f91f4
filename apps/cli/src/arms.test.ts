import {
  mergeRecipes,
  type RecipeInput,
  readRecipe,
  resolveArchitecture,
  resolveObjective,
  resolvePositions,
} from "@trivium/compose";
import { countModelParameters } from "@trivium/model";
import { expect, test } from "vitest";
import { armRecipes } from "./arms.ts";
import { loadRegistry } from "./load-registry.ts";
import { compareSchema } from "./settings.ts";

const registry = await loadRegistry([]);

const base = { backend: { name: "cpu" }, objective: { options: { loss: "target" } } };

/** The arms of a recipe, each with its objective, and what was noted on the way. */
function armsOf(model: RecipeInput["model"], architectures: readonly string[] = all, shared: RecipeInput = {}) {
  const notes: string[] = [];
  const output = { note: (line: string) => void notes.push(line) };
  const recipe = readRecipe(mergeRecipes(base, { ...shared, model: { width: 8, heads: 2, ...model } }));
  const arms = armRecipes(architectures, recipe, { registry, output }).map(({ name, recipe: own }) => {
    const architecture = resolveArchitecture(own.architecture, registry);
    return { name, architecture, model: own.model, objective: resolveObjective(own.objective, architecture, registry) };
  });
  return { arms, notes };
}

const all = compareSchema.shape.architectures.parse(undefined);

test("the default is three architectures and two controls of the third, each with its own objective", () => {
  const { arms, notes } = armsOf({ layers: 4 });
  expect(arms.map(({ name, architecture, objective }) => [name, architecture.name, objective.name])).toEqual([
    ["causal", "causal", "causal-lm"],
    ["prefix", "prefix", "prefix-lm"],
    ["encoder-decoder", "encoder-decoder", "seq2seq"],
    ["encoder-decoder-shared", "encoder-decoder", "seq2seq"],
    ["encoder-decoder-half-depth", "encoder-decoder", "seq2seq"],
  ]);
  expect(arms.map(({ model }) => [model.layers, model.sharedStacks ?? false])).toEqual([
    [4, false],
    [4, false],
    [4, false],
    [4, true],
    [2, false],
  ]);
  expect(notes).toEqual([]);
});

test("the control between prefix and encoder-decoder has the parameters of the prefix arm", () => {
  const { arms } = armsOf({ positions: { kind: "learned", restart: true } }, ["prefix", "encoder-decoder-top-only"], {
    packing: 8,
  });
  const [prefix, topOnly] = arms.map(({ architecture, model }) =>
    countModelParameters(architecture, resolvePositions({ ...model, vocabulary: 16, length: 8 }, registry)),
  );
  expect(topOnly).toBe(prefix);
  expect(arms[1]?.model).toMatchObject({ sharedStacks: true, crossAttention: "merged" });
});

test("half depth is half of the model's own default where no depth is given", () => {
  const { arms } = armsOf({}, ["encoder-decoder-half-depth"]);
  expect(arms[0]?.model.layers).toBe(1);
});

test("half of one layer is the same model, so it is left out, which is said", () => {
  const { arms, notes } = armsOf({ layers: 1 });
  const names = ["causal", "prefix", "encoder-decoder", "encoder-decoder-shared"];
  expect(arms.map(({ name }) => name)).toEqual(names);
  expect(notes).toEqual([expect.stringMatching(/^encoder-decoder-half-depth is left out: half of one layer is one/)]);
});

test("loss on everything is the causal arm's alone, unless an objective is named", () => {
  const loss = { objective: { options: { loss: "all" } } };
  const { arms } = armsOf({}, ["causal", "prefix"], loss);
  expect(arms.map(({ objective }) => [objective.name, objective.settings?.loss])).toEqual([
    ["causal-lm", "all"],
    ["prefix-lm", undefined],
  ]);
  const named = { objective: { name: "prefix-lm", ...loss.objective } };
  expect(() => armsOf({}, ["causal", "prefix"], named)).toThrow(/objective "prefix-lm".*loss/);
});

test.each([
  [["causal", "causal"], {}, "cli/arms"],
  [["encoder-decoder-half-depth"], { layers: 1 }, "cli/arms"],
  [["encoder-decoder-half-depth"], { layers: { source: 2, target: 1 } }, "cli/half-depth"],
  [["constructor"], {}, "registry/unknown-name"],
])("the arms %j of %j are refused", (architectures, model, code) => {
  expect(() => armsOf(model, architectures)).toThrow(expect.objectContaining({ code }));
});
