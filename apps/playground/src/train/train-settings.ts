import type { Dataset } from "@trivium/data";
import { copy, keyValueRecall, lateOperator, reverse } from "@trivium/tasks";
import type { ArmName, PairForm, TaskName } from "./names.ts";

/** A generated task: the function of `@trivium/tasks` that makes its dataset, by name, and its options. */
interface GeneratedTask {
  readonly call: string;
  readonly options: object;
  load(): Promise<Dataset>;
}

const generated = <const Options extends object>(
  call: string,
  create: (options: Options) => Promise<Dataset>,
  options: Options,
): GeneratedTask => ({ call, options, load: () => create(options) });

const sizes = { train: 4000, validation: 200, test: 0 };

/** The generated tasks. Their pairs are few and short: a page learns them in a minute. */
export const generatedTasks = {
  reverse: generated("reverse", reverse, { ...sizes, symbols: 8, length: 6 }),
  copy: generated("copy", copy, { ...sizes, symbols: 8, length: 6 }),
  "late-operator": generated("lateOperator", lateOperator, {
    ...sizes,
    operators: ["first", "last", "min", "max"],
    operands: 4,
    numbers: 8,
  }),
  "key-value-recall": generated("keyValueRecall", keyValueRecall, {
    ...sizes,
    pairs: 4,
    questions: 4,
    keys: 12,
    values: 12,
  }),
} as const;

/** Everything that the losses of a run depend on, beside the pairs of a task that is not generated. */
export interface TrainSettings {
  readonly task: TaskName;
  readonly pair: PairForm;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** The highest learning rate. */
  readonly rate: number;
  readonly batch: number;
  readonly seed: number;
}

/** Steps of the warm-up, after which the rate stays: a run has no length of its own. */
export const WARMUP_STEPS = 20;

/** Layers of an arm: the half-depth control has half of them in each stack. */
export const layersOf = (arm: ArmName, { layers, pair }: Pick<TrainSettings, "layers" | "pair">): number =>
  arm === "encoder-decoder" && pair === "half" ? Math.max(1, Math.floor(layers / 2)) : layers;

/** Returns whether the streams of an arm share their stacks. */
export const isShared = (arm: ArmName, { pair }: Pick<TrainSettings, "pair">): boolean =>
  arm === "encoder-decoder" && pair === "shared";

/** Returns whether a task is generated, and needs no pairs. */
export const isGenerated = (task: TaskName): task is keyof typeof generatedTasks => Object.hasOwn(generatedTasks, task);
