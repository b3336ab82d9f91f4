import { countModelParameters } from "@trivium/model";
import { reservedSpecials } from "@trivium/text";
import { expect, test } from "vitest";
import { prepareArms } from "./arms.ts";
import { loadRegistry } from "./load-registry.ts";
import type { Output } from "./output.ts";
import { compareSchema } from "./settings.ts";

const registry = await loadRegistry([]);

/** The arms that settings name, and what was noted on the way. */
function armsOf(given: Record<string, unknown>) {
  const notes: string[] = [];
  const output = { note: (line: string) => void notes.push(line) } as Output;
  const settings = compareSchema.parse({ backend: "cpu", width: 8, heads: 2, ...given });
  return {
    arms: prepareArms(settings, registry, {
      tokenizer: { name: "shared" as const, size: 16, special: reservedSpecials() },
      length: 8,
      output,
    }),
    notes,
  };
}

test("the default is three architectures and two controls of the third, each with its own objective", () => {
  const { arms, notes } = armsOf({ layers: 4 });
  expect(arms.map(({ name, architecture, objective }) => [name, architecture.name, objective.name])).toEqual([
    ["causal", "causal", "causal-lm"],
    ["prefix", "prefix", "prefix-lm"],
    ["encoder-decoder", "encoder-decoder", "seq2seq"],
    ["encoder-decoder-shared", "encoder-decoder", "seq2seq"],
    ["encoder-decoder-half-depth", "encoder-decoder", "seq2seq"],
  ]);
  expect(arms.map(({ config }) => [config.layers, config.sharedStacks ?? false])).toEqual([
    [4, false],
    [4, false],
    [4, false],
    [4, true],
    [2, false],
  ]);
  expect(notes).toEqual([]);
});

test("the control between prefix and encoder-decoder has the parameters of the prefix arm", () => {
  const { arms } = armsOf({
    architectures: ["prefix", "encoder-decoder-top-only"],
    positions: { kind: "learned", restart: true },
    packing: 8,
  });
  const [prefix, topOnly] = arms.map(({ architecture, config }) => countModelParameters(architecture, config));
  expect(topOnly).toBe(prefix);
  expect(arms[1]?.config).toMatchObject({ sharedStacks: true, crossAttention: "merged" });
});

test("half depth is half of the model's own default where no depth is given", () => {
  const { arms } = armsOf({ architectures: ["encoder-decoder-half-depth"] });
  expect(arms[0]?.config.layers).toBe(1);
});

test("half of one layer is the same model, so it is left out, which is said", () => {
  const { arms, notes } = armsOf({ layers: 1 });
  const names = ["causal", "prefix", "encoder-decoder", "encoder-decoder-shared"];
  expect(arms.map(({ name }) => name)).toEqual(names);
  expect(notes).toEqual([expect.stringMatching(/^encoder-decoder-half-depth is left out: half of one layer is one/)]);
});

test("loss on everything is the causal arm's alone", () => {
  const { arms } = armsOf({ loss: "all", architectures: ["causal", "prefix"] });
  expect(arms.map(({ objective }) => objective.name)).toEqual(["causal-lm", "prefix-lm"]);
});

test.each([
  [{ architectures: ["causal", "causal"] }, "cli/arms"],
  [{ architectures: ["encoder-decoder-half-depth"], layers: 1 }, "cli/arms"],
  [{ architectures: ["encoder-decoder-half-depth"], layers: { source: 2, target: 1 } }, "cli/half-depth"],
  [{ architectures: ["constructor"] }, "registry/unknown-name"],
  [{ architectures: ["encoder-decoder"], objective: "causal-lm" }, "compose/refused"],
])("%j is refused", (given, code) => {
  expect(() => armsOf(given)).toThrow(expect.objectContaining({ code }));
});
