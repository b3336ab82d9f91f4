import { readFileSync } from "node:fs";
import { simd } from "@trivium/backend-simd";
import { decodeSafetensors } from "@trivium/checkpoint";
import { beforeAll, expect, test } from "vitest";
import { armNames } from "../train/names.ts";
import { stepsOf } from "./beam-tree.ts";
import { bundledFile, bundledSettings } from "./bundled.ts";
import type { HeldModels } from "./held-model.ts";
import { lookInto } from "./look-into.ts";
import { openModels } from "./open-models.ts";
import { recordAnswer } from "./record-answer.ts";

let held: HeldModels;

const arraysOf = (name: (typeof armNames)[number]) =>
  decodeSafetensors(readFileSync(new URL(`../../${bundledFile(name)}`, import.meta.url))).arrays;

beforeAll(async () => {
  await simd.activate();
  const [causal, prefix, pair] = armNames.map(arraysOf);
  const arrays = { causal: causal!, prefix: prefix!, "encoder-decoder": pair! };
  held = await openModels({ type: "trained", settings: bundledSettings, pairs: "", arrays }, simd);
});

test("the models beside the page reverse letters, and no head gives weight to what the mask hides", async () => {
  for (const model of held.models) {
    const { answer, isOwnAnswer, maps, cutTo } = await lookInto(model, { source: "a b c d e", target: "" });
    expect([answer, isOwnAnswer, cutTo]).toEqual(["e d c b a", true, undefined]);
    for (const { heads, queries, keys, weights, visible, queryLabels, keyLabels } of maps) {
      expect([queryLabels.length, keyLabels.length, weights.length]).toEqual([queries, keys, heads * queries * keys]);
      weights.forEach((weight, at) => {
        if (visible[at % visible.length] === 0) expect(weight).toBe(0);
      });
    }
    const kinds = [...new Set(maps.map(({ kind }) => kind))];
    expect(kinds).toEqual(model.name === "encoder-decoder" ? ["encoder", "decoder", "cross"] : ["decoder"]);
  }
});

test("a text of an own target is shown with it, and one that is too long says so", async () => {
  const [causal] = held.models;
  const { answer, maps } = await lookInto(causal!, { source: "a b", target: "c" });
  expect([answer, maps[0]?.queryLabels]).toEqual(["c", ["a", "b", "⟨sep⟩", "c"]]);
  const long = { source: "a b c d e f g h a b c d", target: "a b c" };
  await expect(lookInto(causal!, long)).rejects.toMatchObject({ code: "model/length" });
});

test.each([
  ["causal", { sealed: 0, length: 5, source: 0 }],
  ["prefix", { sealed: 5, length: 5, source: 0 }],
  ["encoder-decoder", { sealed: 0, length: 1, source: 5 }],
] as const)(
  "%s: an answer is recorded with its cache at every step, and begins as it is told to",
  async (name, first) => {
    const model = held.models.find((one) => one.name === name)!;
    const settings = { model: 0, source: "a b c d", lengthPenalty: 0.6, temperature: 1, seed: 1, beam: 2 };
    const free = await recordAnswer(model, { ...settings, strategy: "beam", forced: [] });
    const { rows, source } = free.caches[0]!;
    expect({ ...rows[0], source }).toEqual(first);
    const steps = stepsOf(free);
    expect(free.caches.map((cache) => cache.rows[0]!.length - first.length)).toEqual(steps.map((_, step) => step));
    expect(steps.every(({ entropies, candidates }) => entropies.length === candidates.length)).toBe(true);
    const [second] = steps[0]!.candidates[0]!.slice(1);
    const forced = await recordAnswer(model, { ...settings, strategy: "greedy", forced: [second!.id] });
    expect(forced.events.find((event) => event.type === "token")).toMatchObject({ id: second!.id });
  },
);
