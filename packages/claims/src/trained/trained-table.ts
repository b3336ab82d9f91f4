import type { ArmResult, FindingsTable } from "../framework/claim.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";

/** Returns a table of the costs and scores of trained arms. */
export const trainedTable = (title: string, arms: readonly ArmResult<TrainingNumbers>[]): FindingsTable => ({
  title,
  columns: [
    ...["arm", "parameters", "training FLOPs", "tokens seen", "supervised"],
    ...["nats per target token", "exactly right"],
  ],
  rows: arms.map(({ name, numbers }) => [
    ...[name, numbers.parameters, numbers.flops, numbers.tokensSeen, numbers.tokensSupervised],
    ...[numbers.targetLoss, numbers.exactMatch],
  ]),
});
