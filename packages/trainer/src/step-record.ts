import { type Tensor1D, tf } from "@trivium/tensor";
import type { AccumulatedShards, ShardLosses } from "./accumulate-shards.ts";
import type { StepEvent } from "./events.ts";
import { normOf } from "./global-norm.ts";
import { joinShards, type ShardSum } from "./shard-tree.ts";
import type { Counts } from "./task.ts";

/** The numbers of one shard of a step. */
export interface ShardRecord extends Pick<ShardLosses, "shard" | "tokens"> {
  /** Sum of the losses of the shard's micro-batches. */
  readonly loss: number;
  readonly batches: number;
  readonly counts: Counts;
  /** Sum of the losses of each task, and the number of its targets. Absent if the shard has no tasks. */
  readonly tasks?: Readonly<Record<string, TaskRecord>> | undefined;
}

/** The loss sum of a task, and the number of its targets. */
interface TaskRecord {
  readonly loss: number;
  readonly tokens: number;
}

/** The numbers that a process contributes to a step, as plain JSON. */
export interface StepRecord {
  readonly shards: readonly ShardRecord[];
  /** Sums of squares of the gradients that the process owns. */
  readonly squares: readonly number[];
  /** Paths of the parameters that no micro-batch of the process reaches. */
  readonly unreached: readonly string[];
}

/** The numbers of a whole step, the same in every process. */
export interface StepNumbers {
  /** Sum of the losses ÷ `tokens`. */
  readonly loss: number;
  /** Global norm of the gradient of `loss`. */
  readonly gradientNorm: number;
  /** Number of targets, at least 1, so that a step without targets has the loss 0 and not 0 ÷ 0. */
  readonly tokens: number;
  /** Number of micro-batches. */
  readonly batches: number;
  readonly counts: Counts;
  readonly unreached: readonly string[];
  readonly tasks?: StepEvent["tasks"];
}

/** Reads losses and squares at once, since each read from a GPU waits for everything before it. */
export async function readRecord<B>(
  { losses, unreached }: AccumulatedShards,
  squares: Tensor1D,
  { batches, counts }: { readonly batches: readonly (readonly B[])[]; counts(batch: B): Counts },
): Promise<StepRecord> {
  const scalars = losses.flatMap((shard) => [...shard.losses, ...shard.tasks.map(({ sum }) => sum)]);
  const together = tf.tidy(() => (scalars.length > 0 ? tf.concat([tf.stack(scalars), squares]) : tf.clone(squares)));
  try {
    const values = (await together.data()) as Float32Array;
    let start = 0;
    const recordOf = ({ shard, losses, tasks, tokens }: ShardLosses, at: number): ShardRecord => {
      const loss = values.subarray(start, start + losses.length).reduce((sum, value) => sum + value, 0);
      start += losses.length;
      const parts = tasks.map(({ task, tokens }, index) => [task, { loss: values[start + index]!, tokens }] as const);
      start += tasks.length;
      const numbers = { batches: losses.length, counts: addCounts((batches[at] ?? []).map(counts)) };
      return { shard, loss, tokens, ...numbers, tasks: addTasks(parts) };
    };
    return { shards: losses.map(recordOf), squares: [...values.subarray(scalars.length)], unreached };
  } finally {
    together.dispose();
  }
}

/**
 * Joins the records of all processes.
 *
 * @param of - number of shards.
 */
export function joinRecords(records: readonly StepRecord[], of: number): StepNumbers {
  const shards = records.flatMap((record) => record.shards).sort((a, b) => a.shard - b.shard);
  const add = (left: number, right: number) => left + right;
  let sums: readonly ShardSum<number>[] = [];
  for (const { shard, loss } of shards) sums = joinShards(sums, { first: shard, count: 1, sum: loss }, { of, add });
  const total = (value: (shard: ShardRecord) => number) => shards.reduce((sum, shard) => sum + value(shard), 0);
  const targets = total((shard) => shard.tokens);
  const tokens = Math.max(1, targets);
  const [first, ...others] = records;
  return {
    loss: (sums[0]?.sum ?? 0) / tokens,
    gradientNorm: normOf(records.flatMap(({ squares }) => squares)) / tokens,
    tokens,
    batches: total((shard) => shard.batches),
    counts: addCounts(shards.map(({ counts }) => counts)),
    tasks: meansOf(addTasks(shards.flatMap(({ tasks = {} }) => Object.entries(tasks)))),
    unreached: (first?.unreached ?? []).filter((path) => others.every(({ unreached }) => unreached.includes(path))),
  };
}

/** Adds the parts of each task, in their order. Nothing if there is none. */
function addTasks(parts: readonly (readonly [task: string, part: TaskRecord])[]): ShardRecord["tasks"] {
  if (parts.length === 0) return undefined;
  const sums: Record<string, TaskRecord> = {};
  for (const [task, { loss, tokens }] of parts)
    sums[task] = { loss: (sums[task]?.loss ?? 0) + loss, tokens: (sums[task]?.tokens ?? 0) + tokens };
  return sums;
}

function meansOf(tasks: ShardRecord["tasks"]): StepEvent["tasks"] {
  if (!tasks) return undefined;
  const means = Object.entries(tasks).map(
    ([task, { loss, tokens }]) => [task, { loss: loss / Math.max(1, tokens), supervisedTokens: tokens }] as const,
  );
  return Object.fromEntries(means);
}

/** Adds counts. The sum has FLOPs if any of them has. */
export function addCounts(counts: readonly Counts[]): Counts {
  const total = (value: (of: Counts) => number) => counts.reduce((sum, more) => sum + value(more), 0);
  const isCounted = counts.some(({ flops }) => flops !== undefined);
  return {
    supervisedTokens: total(({ supervisedTokens }) => supervisedTokens),
    seenTokens: total(({ seenTokens }) => seenTokens),
    flops: isCounted ? total(({ flops = 0 }) => flops) : undefined,
  };
}
