import { NumericsError } from "@trivium/core";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { CheckpointEvent } from "./events.ts";
import type { Run } from "./run.ts";
import { identityOf, numericIdentityOf } from "./run-description.ts";
import type { TrainOptions } from "./train-options.ts";
import { notFinite, readTree } from "./tree-arrays.ts";

/**
 * Writes a checkpoint of the run, unless its parameters are not finite: a broken run must not replace a good one.
 *
 * @throws {NumericsError} `trainer/not-finite`, naming the parameter.
 */
export async function saveRun(run: Run, options: TrainOptions, store: CheckpointStore): Promise<CheckpointEvent> {
  const { trained, step, totals, losses } = run;
  const model = await readTree(trained.parameters);
  const optimizer = await readTree(trained.state);
  const broken = notFinite(model) ?? notFinite(optimizer);
  if (broken !== undefined) {
    const message = `after step ${step} "${broken}" holds a NaN or an infinity; no checkpoint was written. Lower the learning rate`;
    throw new NumericsError("trainer/not-finite", message, { details: { step, parameter: broken } });
  }
  await store.save({
    model,
    optimizer,
    config: { ...options.config, ...identityOf(options) },
    state: { step, seed: options.seed, totals, losses, numericIdentity: numericIdentityOf(options) },
  });
  run.savedStep = step;
  return { type: "checkpoint", step, location: store.location };
}
