import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { disposeTree } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type OpenedForTest, openForTest } from "./testing/open-model.ts";

const root = process.env.TRIVIUM_CHECKPOINTS ?? "";
const missing = root === "" ? "TRIVIUM_CHECKPOINTS names no folder of checkpoints" : undefined;

/** Logits as the reference has them. */
interface Expected {
  readonly first32: readonly number[];
  readonly top10: readonly number[];
  readonly top10Values: readonly number[];
  readonly logSumExp: number;
}

interface Case {
  readonly promptIds?: readonly number[];
  readonly sourceIds?: readonly number[];
  /** With the prompt's first id where there is a source. */
  readonly greedyIds: readonly number[];
  readonly lastLogits?: Expected;
  readonly firstStepLogits?: Expected;
  readonly fourthStepLogits?: Expected;
  readonly fifthStepLogits?: Expected;
  readonly lastStepLogits?: Expected;
}

const steps = { firstStepLogits: 1, fourthStepLogits: 4, fifthStepLogits: 5 } as const;

function expectLogits(got: readonly number[], { first32, top10, top10Values, logSumExp }: Expected): void {
  const errors = [
    ...first32.map((value, id) => Math.abs(value - (got[id] as number))),
    ...top10.map((id, at) => Math.abs((top10Values[at] as number) - (got[id] as number))),
    Math.abs(Math.log(got.reduce((sum, value) => sum + Math.exp(value), 0)) - logSumExp),
  ];
  expect(Math.max(...errors)).toBeLessThan(1e-4);
}

const best = (logits: readonly number[]): number => logits.indexOf(Math.max(...logits));

async function check({ logits }: OpenedForTest, one: Case): Promise<void> {
  const { promptIds = [], sourceIds, greedyIds } = one;
  const all = [...promptIds, ...greedyIds];
  const given = sourceIds ? 1 : promptIds.length;
  const rows = await logits(sourceIds ? { source: sourceIds, target: all.slice(0, -1) } : { tokens: all.slice(0, -1) });
  expect(rows.slice(given - 1).map(best)).toEqual(all.slice(given));
  if (one.lastLogits) expectLogits(rows[given - 1] as number[], one.lastLogits);
  for (const [name, step] of Object.entries(steps)) {
    const expected = one[name as keyof typeof steps];
    if (expected) expectLogits(rows[step - 1] as number[], expected);
  }
}

describe.skipIf(missing)(`real checkpoints${missing ? ` (skipped: ${missing})` : ""}`, () => {
  beforeAll(async () => void (await simd.activate()));

  test.for([
    "stories260K",
    "gpt-nano-sort",
    "chronos-dummy-t5-random",
    "t5-v1_0-g2p-trained-here",
    "misaki-bart-g2p-us",
  ])(
    "%s gives the logits of the reference within 1e-4, and its greedy tokens",
    { timeout: 120_000 },
    async (name, context) => {
      const folder = join(root, name);
      if (!existsSync(join(folder, "model.safetensors"))) context.skip(`${folder} holds no weights`);
      const opened = await openForTest(folder);
      const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as { cases: Case[] };
      for (const one of cases) await check(opened, one);
      disposeTree(opened.parameters);
    },
  );
});
