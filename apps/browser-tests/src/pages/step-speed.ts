import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type Batch, toBatch } from "@trivium/features";
import { createModel, factorsOf, type LanguageModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { disposeTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { accumulate, adamW, type Trained } from "@trivium/trainer";

/** A causal model and its batch: learned positions, GELU, norms first, AdamW. */
export interface StepShape {
  readonly vocabulary: number;
  /** Tokens of a row. */
  readonly length: number;
  /** Rows. */
  readonly batch: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
}

export interface StepSpeedInput {
  readonly shape: StepShape;
  /** Numbers of threads to compare. */
  readonly threads: readonly number[];
  /** Of each: the warm-up, which is not timed, and after it the rounds, taken in turns. */
  readonly warmupSteps: number;
  readonly rounds: number;
  readonly stepsPerRound: number;
}

export interface StepSpeedReport {
  /** In the order given: the milliseconds of each timed step. */
  readonly arms: readonly { readonly threads: number; readonly milliseconds: readonly number[] }[];
}

const objective = causalLm();
const optimizer = adamW();

/** Times training steps on several numbers of threads, in turns. */
export async function main(input: StepSpeedInput): Promise<StepSpeedReport> {
  const { shape, threads, warmupSteps, rounds, stepsPerRound } = input;
  const { batch, ...config } = shape;
  const model = createModel({ architecture: causal, config, attention: reference() });
  const arms: Arm[] = [];
  for (const count of threads) arms.push(await createArm(count, model, randomBatch(batch, config)));
  for (const arm of arms) await run(arm, model, warmupSteps);
  for (const arm of arms) arm.milliseconds = [];
  // In turns, so that whatever else the machine does slows all.
  for (let round = 0; round < rounds; round++) for (const arm of arms) await run(arm, model, stepsPerRound);
  for (const { trained } of arms) disposeTree(trained.parameters);
  return { arms: arms.map((arm) => ({ threads: arm.threads, milliseconds: arm.milliseconds })) };
}

/** Training on one number of threads: what it keeps lives on a backend of its own. */
interface Arm {
  readonly threads: number;
  readonly backend: string;
  readonly batch: Batch;
  trained: Trained;
  steps: number;
  milliseconds: number[];
}

async function createArm(threads: number, model: LanguageModel, batch: Batch): Promise<Arm> {
  const backend = createSimdBackend({ name: `simd-${threads}-threads`, threads });
  await backend.activate();
  const parameters = model.createParameters(createRandom(1));
  const trained = { parameters, state: optimizer.createState(parameters) };
  return { threads, backend: backend.name, batch, trained, steps: 0, milliseconds: [] };
}

function randomBatch(count: number, { vocabulary, length }: Pick<StepShape, "vocabulary" | "length">): Batch {
  const random = createRandom("step-speed");
  const rows = Array.from({ length: count }, () => {
    const tokens = Array.from({ length: length + 1 }, () => random.integer(vocabulary));
    return objective.features({ tokens }, { special: reservedSpecials(), random });
  });
  return toBatch(rows);
}

async function run(arm: Arm, model: LanguageModel, steps: number): Promise<void> {
  await tf.setBackend(arm.backend);
  for (let count = 0; count < steps; count++) {
    arm.steps++;
    const { parameters } = arm.trained;
    const started = performance.now();
    const { losses, gradients, tokens } = await accumulate({
      parameters,
      batches: [arm.batch],
      loss: (of) => objective.loss(factorsOf(model, parameters, of), of),
    });
    const update = { learningRate: 1e-3, step: arm.steps, gradientScale: 1 / tokens };
    arm.trained = optimizer.apply(arm.trained, gradients, update);
    // Reading the loss is part of a step.
    losses[0]!.dataSync();
    arm.milliseconds.push(performance.now() - started);
    tf.dispose([...losses]);
  }
}
