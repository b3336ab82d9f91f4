import { createHash } from "node:crypto";
import { encodeSafetensors, type NamedArrays } from "@trivium/checkpoint";
import { type Prepared, trainOptions } from "@trivium/compose";
import { type Collective, sharded } from "@trivium/distributed";
import { disposeTree } from "@trivium/tensor";
import { consume, createMemoryStore, train } from "@trivium/trainer";

/** What a rank has after a training: digests of parameters and optimiser state, and the numbers of each step. */
export interface RankOutcome {
  readonly model: string;
  readonly optimizer: string;
  readonly losses: readonly number[];
}

const digestOf = (arrays: NamedArrays): string => createHash("sha256").update(encodeSafetensors(arrays)).digest("hex");

/** Trains a number of steps, as one process or as a rank. */
export async function trainRank(prepared: Prepared, steps: number, collective?: Collective): Promise<RankOutcome> {
  const store = createMemoryStore();
  const options = { ...trainOptions(prepared), steps, checkpoint: { store } };
  const losses: number[] = [];
  const sharding = collective && sharded(collective, { compareEvery: 2 });
  const result = await consume(train({ ...options, sharding }), (event) => {
    if (event.type === "step") losses.push(event.loss, event.gradientNorm);
  });
  disposeTree(result.parameters);
  const { model, optimizer } = store.newest()!;
  return { model: digestOf(model), optimizer: digestOf(optimizer), losses };
}
