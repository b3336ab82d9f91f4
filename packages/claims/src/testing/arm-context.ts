import { reference } from "@trivium/attention";
import { UnknownPluginError } from "@trivium/core";
import { createDataset } from "@trivium/data";
import type { Architecture } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import type { ArmContext } from "../framework/claim.ts";

const architectures: readonly Architecture[] = [
  causal as Architecture,
  prefix as Architecture,
  encoderDecoder as Architecture,
];

/** Words of three letters of four and the same backwards: 40 to train on, 12 each to score. */
export function reversals() {
  const words = Array.from({ length: 64 }, (_, at) =>
    ["abcd"[at >> 4], "abcd"[(at >> 2) & 3], "abcd"[at & 3]].join(""),
  );
  const pairs = words.map((source) => ({ source, target: [...source].reverse().join("") }));
  return createDataset({
    name: "reversals",
    train: pairs.filter((_, at) => at % 8 < 5),
    validation: pairs.filter((_, at) => at % 8 === 5),
    test: pairs.filter((_, at) => at % 8 > 5),
    tokenizer: { name: "shared", tokenizer: { name: "character" } },
  });
}

/** Returns the context of arms in tests: the three architectures, `reversals` and the reference kernel. */
export const armContext = (more: Partial<ArmContext> = {}): ArmContext => ({
  architecture(name) {
    const found = architectures.find((one) => one.name === name);
    if (!found) throw new UnknownPluginError("registry/unknown-name", `there is no architecture "${name}"`);
    return found;
  },
  attention: reference(),
  dataset: async () => reversals(),
  ...more,
});
