import type { ArmResult, FindingsTable } from "../framework/claim.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";

type Column = (arm: ArmResult<TrainingNumbers>) => string | number | null;

const columns = {
  arm: ({ name }) => name,
  parameters: ({ numbers }) => numbers.parameters,
  "training FLOPs": ({ numbers }) => numbers.flops,
  TFLOPs: ({ numbers }) => numbers.flops / 1e12,
  "tokens seen": ({ numbers }) => numbers.tokensSeen,
  supervised: ({ numbers }) => numbers.tokensSupervised,
  "supervised share": ({ numbers }) => numbers.tokensSupervised / numbers.tokensSeen,
  "nats per target token": ({ numbers }) => numbers.targetLoss,
  "nats per held-out byte": ({ numbers }) => numbers.targetLoss,
  "exactly right": ({ numbers }) => numbers.exactMatch,
  PER: ({ numbers }) => numbers.per,
  WER: ({ numbers }) => numbers.wer,
} as const satisfies Readonly<Record<string, Column>>;

export type ArmColumn = keyof typeof columns;

/** Returns a table of the costs and scores of trained arms; `more` adds columns of a claim's own. */
export function armTable(
  title: string,
  arms: readonly ArmResult<TrainingNumbers>[],
  names: readonly ArmColumn[],
  more: Readonly<Record<string, Column>> = {},
): FindingsTable {
  const cells = [...names.map((name) => columns[name]), ...Object.values(more)];
  return {
    title,
    columns: [...names, ...Object.keys(more)],
    rows: arms.map((arm) => cells.map((cell) => cell(arm))),
  };
}

const costs = ["arm", "parameters", "training FLOPs", "tokens seen", "supervised"] as const;

/** Returns a table of the costs, losses and exact matches of trained arms. */
export const trainedTable = (title: string, arms: readonly ArmResult<TrainingNumbers>[]): FindingsTable =>
  armTable(title, arms, [...costs, "nats per target token", "exactly right"]);
