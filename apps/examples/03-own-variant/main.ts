/** Composes the plugins of `plugins.ts` with the shipped ones, by name, and trains them on a toy. */
import { compose, composeOrThrow } from "@trivium/compose";
import { createRandom } from "@trivium/core";
import { batchesByStep, toBatch } from "@trivium/features";
import { drawAscii, parseMask } from "@trivium/masks";
import { type Architecture, languageTask } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import { disposeTree } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { adamW, constant, consume, train } from "@trivium/trainer";
import { blockwise, blockwiseArchitecture, nextBlockObjective } from "./plugins.ts";

const registry = createRegistry([...presets, blockwise, blockwiseArchitecture, nextBlockObjective]);
await registry.get("backend", "simd").activate();

const mask = parseMask("blockwise(4)", { plugins: registry });
console.log(drawAscii(mask, { queries: 8, keys: 8, title: "blockwise(4)" }));

const shared = {
  config: { vocabulary: 20, length: 8, width: 32, layers: 2, heads: 2 },
  attention: registry.create("attention", "reference"),
};

// Within a block a token sees the next one, so predicting the next one would be cheating. `compose` says so.
const refused = compose({
  ...shared,
  architecture: registry.get("architecture", "blockwise") as Architecture<"tokens">,
  objective: registry.get("objective", "causal-lm")(),
});
if (!refused.works) console.log(`\nrefused: ${refused.reasons.map(({ message }) => message).join("; ")}\n`);

/** A batch of blocks of four symbols, each with its reversal: what comes first is known from what comes last. */
function batchOf(step: number, objective: Objective) {
  const rows = Array.from({ length: 32 }, (_, row) => {
    const random = createRandom(1).split(step).split(row);
    const block = Array.from({ length: 4 }, () => 4 + random.integer(16));
    return objective.features({ tokens: [...block, ...block.toReversed()] }, { special: reservedSpecials(), random });
  });
  return toBatch(rows);
}

for (const name of ["blockwise", "causal"] as const) {
  const objective = registry.get("objective", "next-block")();
  const architecture = registry.get("architecture", name) as Architecture<"tokens">;
  const { model } = composeOrThrow({ ...shared, architecture, objective });
  const task = languageTask({ model, objective });
  const batches = batchesByStep((step) => [batchOf(step, objective)]);
  const settings = { optimizer: adamW(), schedule: constant({ rate: 5e-3 }), steps: 200, seed: 1, clipNorm: 1 };
  let last = Number.NaN;
  const { parameters } = await consume(train({ task, batches, ...settings }), (event) => {
    if (event.type === "step") last = event.loss;
  });
  disposeTree(parameters);
  console.log(`${name.padEnd(10)} loss ${last.toFixed(3)} after ${settings.steps} steps`);
}
