import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import { countModelParameters, createModel, type DecodingState, factorsOf } from "@trivium/model";
import { promptOf } from "@trivium/objectives";
import { disposeTree, valueAndGradients } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import type { ArmContext, ClaimArm } from "../framework/claim.ts";
import { fastestTimes } from "../framework/fastest-times.ts";
import { targetObjective } from "../trained/sight.ts";
import { cacheBytes } from "./cache-bytes.ts";
import { type SizeShape, type SizeVariant, type SizeVariantName, sizeVariants } from "./size-variants.ts";

export interface SizeTimesOptions {
  readonly shape: SizeShape;
  readonly variants: readonly SizeVariantName[];
  /** Pairs of a batch. */
  readonly rows: number;
  /** Number of runs, of which the fastest counts. */
  readonly repetitions: number;
}

/** The timed models. */
export type TimedSizes = readonly {
  readonly variant: SizeVariantName;
  readonly parameters: number;
  /** Bytes of cached keys and values for each pair. */
  readonly cacheBytes: number;
}[];

/** Seconds; `decode` of one token of every row. */
export const timedPhases = ["training step", "prefill", "decode"] as const;
type Phase = (typeof timedPhases)[number];

export const phaseName = (variant: SizeVariantName, phase: Phase): string => `${variant}: ${phase}`;

/** Times a training step (forward and backward), prefill and decoding of fresh models. */
export const sizeTimes = (options: SizeTimesOptions): ClaimArm<TimedSizes> => ({
  name: "step and inference times",
  configuration: { type: "parameters-and-compute/times", version: 1, ...options } as never,
  alone: true,
  async *run(context) {
    const { shape, variants, repetitions } = options;
    const chosen = sizeVariants(context, shape).filter(({ name }) => variants.includes(name));
    const subjects = chosen.map((variant) => createSubject(variant, context, options));
    try {
      const cases = subjects.map((subject) => () => timesOf(subject));
      const times = yield* fastestTimes(cases, repetitions, context);
      const numbers = chosen.map(({ name, architecture, config }) => ({
        variant: name,
        parameters: countModelParameters(architecture, config),
        cacheBytes: cacheBytes(architecture, config, shape.lengths),
      }));
      return { numbers, times };
    } finally {
      for (const { parameters } of subjects) disposeTree(parameters);
    }
  },
});

/** A fresh model with a batch to train on and prompts to decode behind. */
type Subject = ReturnType<typeof createSubject>;

function createSubject(
  { name, architecture, config }: SizeVariant,
  { attention }: ArmContext,
  { shape: { lengths }, rows }: SizeTimesOptions,
) {
  const model = createModel({ architecture, config, attention });
  const objective = targetObjective(architecture.name);
  const random = createRandom("step and inference times");
  const draw = (length: number) => Array.from({ length }, () => 4 + random.integer(config.vocabulary - 4));
  const examples = Array.from({ length: rows }, () => ({
    source: draw(lengths.source - 1),
    target: draw(lengths.target - 1),
  }));
  const given = { special: reservedSpecials(), random };
  return {
    name,
    model,
    objective,
    parameters: model.createParameters(random.split("parameters")),
    batch: toBatch(examples.map((example) => objective.features(example, given))),
    prompts: toBatch(examples.map((example) => promptOf(objective, example, given))),
    /** Tokens decoded behind the prompt. */
    decoded: lengths.target - 1,
  };
}

function timesOf({ name, model, parameters, objective, batch, prompts, decoded }: Subject): Record<string, number> {
  const [step] = timed(() => {
    const loss = () => objective.loss(factorsOf(model, parameters, batch), batch).sum;
    const { value, gradients } = valueAndGradients(loss, parameters);
    value.dataSync();
    value.dispose();
    disposeTree(gradients);
  });
  const decoder = model.decoder(parameters);
  let [prefill, state] = timed(() => synced(decoder.prefill(prompts)));
  const [ids, counts] = [new Int32Array(batch.size).fill(4), new Int32Array(batch.size).fill(1)];
  const [decode] = timed(() => {
    for (let token = 0; token < decoded; token++) state = synced(state.append(ids, counts));
  });
  decoder.dispose();
  const seconds: Record<Phase, number> = { "training step": step, prefill, decode: decode / decoded };
  return Object.fromEntries(timedPhases.map((phase) => [phaseName(name, phase), seconds[phase]]));
}

function synced(state: DecodingState): DecodingState {
  state.logits.dataSync();
  return state;
}

function timed<T>(run: () => T): [seconds: number, result: T] {
  const started = performance.now();
  const result = run();
  return [(performance.now() - started) / 1000, result];
}
