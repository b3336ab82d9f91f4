import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type Batch, batchesByStep, toBatch } from "@trivium/features";
import { createModel, type LanguageModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { adamW, constant, type TrainEvent, train } from "@trivium/trainer";

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
  /** Steps of the warm-up, which is not timed; after it come the rounds, taken in turns. */
  readonly warmupSteps: number;
  readonly rounds: number;
  readonly stepsPerRound: number;
}

export interface StepSpeedReport {
  /** In the order given: the milliseconds of each timed step. */
  readonly arms: readonly { readonly threads: number; readonly milliseconds: readonly number[] }[];
}

const objective = causalLm();

/** Times training steps on several numbers of threads, in turns. */
export async function main(input: StepSpeedInput): Promise<StepSpeedReport> {
  const { shape, threads, warmupSteps, rounds, stepsPerRound } = input;
  const { batch, ...config } = shape;
  const model = createModel({ architecture: causal, config, attention: reference() });
  const arms: Arm[] = [];
  for (const count of threads) arms.push(await createArm(count, model, randomBatch(batch, config)));
  for (const arm of arms) await run(arm, warmupSteps);
  for (const arm of arms) arm.milliseconds = [];
  // In turns, so that whatever else the machine does slows all.
  for (let round = 0; round < rounds; round++) for (const arm of arms) await run(arm, stepsPerRound);
  for (const { events } of arms) await events.return(undefined as never);
  return { arms: arms.map((arm) => ({ threads: arm.threads, milliseconds: arm.milliseconds })) };
}

/** Training on one number of threads: what it keeps lives on a backend of its own. */
interface Arm {
  readonly threads: number;
  readonly backend: string;
  readonly events: ReturnType<typeof train>;
  milliseconds: number[];
}

async function createArm(threads: number, model: LanguageModel, batch: Batch): Promise<Arm> {
  const backend = createSimdBackend({ name: `simd-${threads}-threads`, threads });
  await backend.activate();
  const events = train({
    task: languageTask({ model, objective }),
    batches: batchesByStep(() => [batch]),
    steps: Number.MAX_SAFE_INTEGER,
    seed: 1,
    optimizer: adamW(),
    schedule: constant({ rate: 1e-3 }),
    divergence: false,
  });
  return { threads, backend: backend.name, events, milliseconds: [] };
}

function randomBatch(count: number, { vocabulary, length }: Pick<StepShape, "vocabulary" | "length">): Batch {
  const random = createRandom("step-speed");
  const rows = Array.from({ length: count }, () => {
    const tokens = Array.from({ length: length + 1 }, () => random.integer(vocabulary));
    return objective.features({ tokens }, { special: reservedSpecials(), random });
  });
  return toBatch(rows);
}

async function run({ backend, events, milliseconds }: Arm, steps: number): Promise<void> {
  await tf.setBackend(backend);
  for (let count = 0; count < steps; count++) {
    const started = performance.now();
    let event: TrainEvent;
    do event = (await events.next()).value as TrainEvent;
    while (event.type !== "step");
    milliseconds.push(performance.now() - started);
  }
}
