import { exampleLength } from "@trivium/data";
import type { PreparedData } from "./prepare-data.ts";
import type { Recipe } from "./recipe.ts";
import { scheduleOptions } from "./resolve.ts";

/**
 * Sentences for people about what a recipe asks for and cannot have with its data or its number of steps: a batch, a
 * length of packed rows, a warm-up.
 *
 * @example trainingNotes(recipe, data) // => ["warning: the batch of 64 exceeds the 10 training examples: …"]
 */
export function trainingNotes(
  { batch, packing, openRows, steps, schedule }: Recipe,
  { train, tokenizer, stream }: Pick<PreparedData, "train" | "tokenizer" | "stream">,
): string[] {
  const notes: string[] = [];
  if (stream === undefined && batch > train.length)
    notes.push(`the batch of ${batch} exceeds the ${train.length} training examples: each step takes all of them`);
  const isWider = (example: (typeof train)[number]) =>
    exampleLength(example, tokenizer.special) > (packing ?? Infinity);
  const wide = train.filter(isWider).length;
  // Where rows wait for examples, one that fits into none is refused.
  if (wide > 0 && openRows === undefined)
    notes.push(
      `${wide} of ${train.length} examples exceed the ${packing} tokens of a packed row: each has one to itself`,
    );
  const { warmupSteps, steps: length } = scheduleOptions(schedule, steps).options;
  if (typeof warmupSteps === "number" && warmupSteps > steps)
    notes.push(
      `the warm-up of ${warmupSteps} steps exceeds the run of ${steps}: the learning rate never reaches its peak`,
    );
  if (typeof length === "number" && length < steps)
    notes.push(`the schedule ends at step ${length} of ${steps}: the learning rate stays at its last value`);
  return notes.map((note) => `warning: ${note}`);
}
