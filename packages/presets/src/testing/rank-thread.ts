import { parentPort, workerData } from "node:worker_threads";
import { prepare, type RecipeInput } from "@trivium/compose";
import { joinThreads, type Seat } from "@trivium/distributed";
import { createRegistry } from "@trivium/registry";
import { presets } from "../index.ts";
import { trainRank } from "./train-rank.ts";

// A rank in a thread of its own: it trains a recipe, and posts what it has then.
const { seat, recipe, steps } = workerData as {
  readonly seat: Seat;
  readonly recipe: RecipeInput;
  readonly steps: number;
};
const prepared = await prepare(recipe, createRegistry(presets));
await prepared.engine.backend?.activate();
parentPort?.postMessage(await trainRank(prepared, steps, joinThreads(seat)));
