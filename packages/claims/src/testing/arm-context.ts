import { createDataset } from "@trivium/data";
import type { ArmContext } from "../framework/claim.ts";
import { withoutData } from "./without-data.ts";

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

/** The context of arms in tests: the three architectures, `reversals`, and the reference kernel. */
export const armContext = (more: Partial<ArmContext> = {}): ArmContext => ({
  ...withoutData,
  dataset: async () => reversals(),
  ...more,
});
