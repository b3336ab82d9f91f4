import { reference } from "@trivium/attention";
import type { Architecture } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { bart, fillInTheMiddle, maskedLm, type Objective, spanCorruption, spans, ul2 } from "@trivium/objectives";
import { createByteTokenizer, createSharedPair, reservedSpecials } from "@trivium/text";
import { expect, test } from "vitest";
import { compose } from "./compose.ts";
import { prepare } from "./prepare.ts";
import { batchesAt } from "./testing/batches-at.ts";
import { registry, small } from "./testing/registry.ts";
import { textLength } from "./text-length.ts";

const architectures: Readonly<Record<string, Architecture>> = { causal, prefix, "encoder-decoder": encoderDecoder };
const special = {
  mask: true,
  sentinels: 100,
  named: ["fim-prefix", "fim-suffix", "fim-middle", "ul2-r", "ul2-s", "ul2-x"],
};
const config = { vocabulary: 400, width: 16, layers: 2, heads: 2 };
const splitting: readonly (readonly [string, Objective])[] = [
  ["span-corruption", spanCorruption()],
  ["fill-in-the-middle", fillInTheMiddle()],
  ["fill-in-the-middle on tokens, loss on the middle", fillInTheMiddle({ level: "tokens", loss: "target", rate: 1 })],
  ["ul2", ul2()],
  ["bart", bart()],
];

test.each(
  splitting.flatMap(([name, made]) => Object.keys(architectures).map((architecture) => ({ name, made, architecture }))),
)("$name, $architecture: the layout fits, and no label is in sight", ({ made, architecture: of }) => {
  const architecture = architectures[of] as Architecture;
  const objective = made.fit?.(architecture) ?? made;
  for (const tokenizer of [undefined, createSharedPair(createByteTokenizer({ special }))])
    expect(compose({ architecture, config, objective, attention: reference(), tokenizer })).toMatchObject({
      works: true,
      warnings: [],
    });
});

test("masked-lm fits where a row sees all of itself, and is refused elsewhere with the reason", () => {
  const works = Object.values(architectures).map((architecture) =>
    compose({ architecture, config, objective: maskedLm(), attention: reference() }),
  );
  expect(works.map((result) => (result.works ? "works" : result.reasons[0]?.code))).toEqual([
    "objective/masks",
    "works",
    "objective/streams",
  ]);
});

test("an objective that says nothing of windows leaves the length alone, one that does fills it", () => {
  expect(textLength({ rawLength: undefined }, reservedSpecials(), 64)).toBe(64);
  const joined = spanCorruption({ layout: "joined" });
  const raw = textLength(joined, reservedSpecials(), 64);
  expect(raw).toBeLessThan(64);
  // With the separator; the end is only predicted.
  expect(
    spans()
      .lengths?.(raw)
      .map(({ source, target }) => source + target + 1),
  ).toEqual([64]);
});

test.each(["span-corruption", "bart", "ul2", "fill-in-the-middle", "masked-lm"])(
  "a recipe of %s has rows that fit its model",
  async (name) => {
    for (const architecture of name === "masked-lm" ? ["prefix"] : Object.keys(architectures)) {
      const prepared = await prepare(
        {
          ...small,
          architecture,
          data: { name: "quiet" },
          length: 24,
          objective: { name },
          tokenizer: { name: "byte", options: { special } },
        },
        registry,
      );
      const batches = await Promise.all([0, 1, 2, 3].map((step) => batchesAt(prepared, step)));
      for (const batch of batches.flat())
        for (const rows of Object.values(batch.streams)) expect(Math.max(...rows.lengths)).toBeLessThanOrEqual(24);
    }
  },
);
