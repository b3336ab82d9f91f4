import { readFileSync } from "node:fs";
import { join } from "node:path";
import { disposeTree } from "@trivium/tensor";
import { type OpenedForTest, openForTest } from "./open-model.ts";

/** The folders of `TRIVIUM_CHECKPOINTS` that have logits of the reference. */
export const realCheckpoints = [
  "stories260K",
  "gpt-nano-sort",
  "chronos-dummy-t5-random",
  "t5-v1_0-g2p-trained-here",
  "misaki-bart-g2p-us",
] as const;

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
}

const steps = { firstStepLogits: 1, fourthStepLogits: 4, fifthStepLogits: 5 } as const;

/** What was compared with a checkpoint's `expected.json`. */
export interface RealParity {
  /** The greatest difference of a logit, or of the logarithm of the sum of their exponentials. */
  readonly logits: number;
  /** Logits compared. */
  readonly compared: number;
  /** Greedy tokens, and those of them that are the reference's. */
  readonly greedy: { readonly tokens: number; readonly same: number };
}

/** Compares a checkpoint with its `expected.json`. */
export async function measureCheckpoint(folder: string): Promise<RealParity> {
  const opened = await openForTest(folder);
  const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as { cases: Case[] };
  const errors: number[] = [];
  const greedy = { tokens: 0, same: 0 };
  for (const one of cases) {
    const { found, chosen, wanted } = await differencesOf(opened, one);
    errors.push(...found);
    greedy.tokens += wanted.length;
    greedy.same += wanted.filter((id, at) => chosen[at] === id).length;
  }
  disposeTree(opened.parameters);
  return { logits: Math.max(...errors), compared: errors.length, greedy };
}

const best = (logits: readonly number[]): number => logits.indexOf(Math.max(...logits));

async function differencesOf({ logits }: OpenedForTest, one: Case) {
  const { promptIds = [], sourceIds, greedyIds } = one;
  const all = [...promptIds, ...greedyIds];
  const given = sourceIds ? 1 : promptIds.length;
  const rows = await logits(sourceIds ? { source: sourceIds, target: all.slice(0, -1) } : { tokens: all.slice(0, -1) });
  const found = one.lastLogits ? differences(rows[given - 1] as number[], one.lastLogits) : [];
  for (const [name, step] of Object.entries(steps)) {
    const expected = one[name as keyof typeof steps];
    if (expected) found.push(...differences(rows[step - 1] as number[], expected));
  }
  return { found, chosen: rows.slice(given - 1).map(best), wanted: all.slice(given) };
}

function differences(got: readonly number[], { first32, top10, top10Values, logSumExp }: Expected): number[] {
  return [
    ...first32.map((value, id) => Math.abs(value - (got[id] as number))),
    ...top10.map((id, at) => Math.abs((top10Values[at] as number) - (got[id] as number))),
    Math.abs(Math.log(got.reduce((sum, value) => sum + Math.exp(value), 0)) - logSumExp),
  ];
}
