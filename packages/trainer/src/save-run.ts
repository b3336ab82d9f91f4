import type { NamedArrays } from "@trivium/checkpoint";
import { NumericsError } from "@trivium/core";
import { noneSoFar } from "./best.ts";
import type { CheckpointStore, Snapshot } from "./checkpoint-store.ts";
import type { CheckpointEvent } from "./events.ts";
import { disposeRest } from "./ownership.ts";
import { noFaults } from "./recovery.ts";
import type { Run } from "./run.ts";
import { identityOf, numericIdentityOf } from "./run-description.ts";
import type { TrainOptions } from "./train-options.ts";
import { notFinite, readTree } from "./tree-arrays.ts";
import { withWeights } from "./weights.ts";

/** Prefix of trained weights among the arrays of an optimiser, where the model's are averaged ones. */
const TRAINED = "trained.";

/**
 * Writes a checkpoint of the run, unless a parameter is not finite: a broken run must not replace a good one.
 *
 * @throws {NumericsError} `trainer/not-finite`, naming the parameter.
 */
export async function saveRun<B>(run: Run, options: TrainOptions<B>, store: CheckpointStore): Promise<CheckpointEvent> {
  return withWeights(run, options.optimizer, async (parameters, weights) => {
    const model = await readTree(parameters);
    const state = await readState(run, store);
    const isKeeper = !store.collectsRows || run.sharding.own.includes(0);
    const isBeside = weights === "averaged" && isKeeper;
    const trained = isBeside ? prefixed(TRAINED, await readTree(run.trained.parameters)) : {};
    return saveArrays(run, options, { store, model, optimizer: { ...state, ...trained } });
  });
}

interface Arrays extends Pick<Snapshot, "model" | "optimizer"> {
  readonly store: CheckpointStore;
}

async function saveArrays<B>(
  run: Run,
  options: TrainOptions<B>,
  { store, model, optimizer }: Arrays,
): Promise<CheckpointEvent> {
  const { step, totals, losses, faults, best, cursor, sharding } = run;
  const found = await sharding.vote(notFinite(model) ?? notFinite(optimizer) ?? null);
  const broken = found.find((path) => path !== null);
  if (broken) {
    const message = `after step ${step} "${broken}" holds a NaN or an infinity; no checkpoint was written. Lower the learning rate`;
    throw new NumericsError("trainer/not-finite", message, { details: { step, parameter: broken } });
  }
  const config = { ...options.config, ...identityOf(options) };
  const kept = options.evaluate?.best?.keep === 0 ? [] : best.steps.map((one) => one.step);
  await store.save(
    {
      model,
      optimizer,
      config,
      state: {
        step,
        seed: options.seed,
        totals,
        losses,
        best: best === noneSoFar ? undefined : best,
        faults: faults === noFaults ? undefined : faults,
        cursor,
        optimizer: run.trained.numbers,
        numericIdentity: numericIdentityOf(options),
        shards: sharding.shards === 1 ? undefined : sharding.shards,
        ranks: sharding.ranks,
      },
    },
    kept,
  );
  run.savedStep = step;
  return { type: "checkpoint", step, location: store.location };
}

/** Reads the optimiser's state: whole, or the rows that this process owns. */
async function readState({ trained, sharding }: Run, { collectsRows }: CheckpointStore): Promise<NamedArrays> {
  const arrays: Record<string, NamedArrays[string]> = {};
  for (const [name, owned] of Object.entries(trained.state)) {
    const whole = collectsRows ? owned : await sharding.publish(owned);
    Object.assign(arrays, prefixed(`${name}.`, await readTree(whole)));
    disposeRest(whole, owned);
  }
  return arrays;
}

const prefixed = (prefix: string, arrays: NamedArrays): NamedArrays =>
  Object.fromEntries(Object.entries(arrays).map(([path, array]) => [`${prefix}${path}`, array]));

/** Takes the arrays of an optimiser apart: its state, and the trained weights where the model's are averaged ones. */
export function optimizerArrays({ optimizer }: Snapshot): Readonly<Record<"state" | "trained", NamedArrays>> {
  const entries = Object.entries(optimizer);
  const isTrained = ([path]: (typeof entries)[number]) => path.startsWith(TRAINED);
  return {
    state: Object.fromEntries(entries.filter((entry) => !isTrained(entry))),
    trained: Object.fromEntries(entries.filter(isTrained).map(([path, array]) => [path.slice(TRAINED.length), array])),
  };
}
