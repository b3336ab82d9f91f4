import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { prepare, type RecipeInput, trainOptions } from "@trivium/compose";
import { type Collective, joinThreads, measureNetwork, type Seat, sharded } from "@trivium/distributed";
import { createRegistry } from "@trivium/registry";
import { disposeTree, flattenTree } from "@trivium/tensor";
import { consume, train } from "@trivium/trainer";
import { presets } from "../index.ts";

// A process or a rank in a thread of its own: it posts the times from step to step, and of the network between the ranks.
const { seat, recipe, steps, delayMs } = workerData as {
  readonly seat: Seat | undefined;
  readonly recipe: RecipeInput;
  readonly steps: number;
  readonly delayMs: number;
};

/** Waits before each exchange. */
const delayed = (collective: Collective): Collective => ({
  ...collective,
  async alltoall(parts) {
    await sleep(delayMs);
    return collective.alltoall(parts);
  },
  async allGather(part) {
    await sleep(delayMs);
    return collective.allGather(part);
  },
});

const prepared = await prepare(recipe, createRegistry(presets));
await prepared.engine.backend?.activate();
const collective = seat && delayed(joinThreads(seat));
let [parameters, last] = [0, performance.now()];
const seconds: number[] = [];
const sharding = collective && sharded(collective);
const trained = await consume(train({ ...trainOptions(prepared), steps, sharding }), (event) => {
  if (event.type === "started") parameters = event.parameters;
  if (event.type !== "step") return;
  seconds.push((performance.now() - last) / 1000);
  last = performance.now();
});
const tensors = Object.keys(flattenTree(trained.parameters)).length;
disposeTree(trained.parameters);
const network = collective && (await measureNetwork(collective, 4 * parameters));
parentPort?.postMessage({ seconds, parameters, tensors, network });
