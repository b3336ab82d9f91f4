import type { NamedArrays } from "@trivium/checkpoint";
import { NumericsError } from "@trivium/core";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { CheckpointEvent } from "./events.ts";
import { disposeRest } from "./ownership.ts";
import { allParameters, type Run } from "./run.ts";
import { identityOf, numericIdentityOf } from "./run-description.ts";
import type { TrainOptions } from "./train-options.ts";
import { notFinite, readTree } from "./tree-arrays.ts";

/**
 * Writes a checkpoint of the run, unless a parameter is not finite: a broken run must not replace a good one.
 *
 * @throws {NumericsError} `trainer/not-finite`, naming the parameter.
 */
export async function saveRun<B>(run: Run, options: TrainOptions<B>, store: CheckpointStore): Promise<CheckpointEvent> {
  const { step, totals, losses, cursor } = run;
  const model = await readTree(allParameters(run));
  const optimizer = await readState(run);
  const broken = notFinite(model) ?? notFinite(optimizer);
  if (broken !== undefined) {
    const message = `after step ${step} "${broken}" holds a NaN or an infinity; no checkpoint was written. Lower the learning rate`;
    throw new NumericsError("trainer/not-finite", message, { details: { step, parameter: broken } });
  }
  await store.save({
    model,
    optimizer,
    config: { ...options.config, ...identityOf(options) },
    state: { step, seed: options.seed, totals, losses, cursor, numericIdentity: numericIdentityOf(options) },
  });
  run.savedStep = step;
  return { type: "checkpoint", step, location: store.location };
}

/** Reads the optimiser's state, whole. */
async function readState({ trained, sharding }: Run): Promise<NamedArrays> {
  const arrays: Record<string, NamedArrays[string]> = {};
  for (const [name, owned] of Object.entries(trained.state)) {
    const whole = await sharding.publish(owned);
    for (const [path, array] of Object.entries(await readTree(whole))) arrays[`${name}.${path}`] = array;
    disposeRest(whole, owned);
  }
  return arrays;
}
