/**
 * Times one training step of a small GPT (vocabulary 64, length 16, batch 64, width 128, 2 layers, 4 heads), made of
 * Trivium's own packages, on `simd` and on tfjs `cpu`: `pnpm training-step`. Medians after a warm-up. Fails if simd is
 * less than 50 times faster.
 */
import { reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type Batch, toBatch } from "@trivium/features";
import { createModel, factorsOf } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { causalLm } from "@trivium/objectives";
import { tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { accumulate, adamW, type Trained } from "@trivium/trainer";

const [VOCABULARY, LENGTH, ROWS] = [64, 16, 64];
const REQUIRED_RATIO = 50;
const TURNS = 3;

const model = createModel({
  architecture: causal,
  config: { vocabulary: VOCABULARY, length: LENGTH, width: 128, layers: 2, heads: 4 },
  attention: reference(),
});
const objective = causalLm();
const optimizer = adamW();

/** Texts of 17 random ids: 16 inputs, and the 16 that follow them. */
function randomBatch(): Batch {
  const random = createRandom("training-step");
  const rows = Array.from({ length: ROWS }, () => {
    const tokens = Array.from({ length: LENGTH + 1 }, () => random.integer(VOCABULARY));
    return objective.features({ tokens }, { special: reservedSpecials(), random });
  });
  return toBatch(rows, { pad: 0 });
}

interface Stepped {
  readonly trained: Trained;
  readonly seconds: number;
  /** Nats per token. */
  readonly loss: number;
}

async function takeStep(trained: Trained, batch: Batch, step: number): Promise<Stepped> {
  const started = performance.now();
  const { losses, gradients, tokens } = await accumulate({
    parameters: trained.parameters,
    batches: [batch],
    loss: (of) => objective.loss(factorsOf(model, trained.parameters, of), of),
  });
  const next = optimizer.apply(trained, gradients, { learningRate: 1e-3, step, gradientScale: 1 / tokens });
  const [sum] = losses[0]!.dataSync();
  tf.dispose([...losses]);
  return { trained: next, seconds: (performance.now() - started) / 1000, loss: sum! / tokens };
}

/** Training on one backend, in turns: what it keeps lives on that backend. */
interface Arm {
  readonly backend: string;
  readonly warmupSteps: number;
  readonly stepsPerTurn: number;
  readonly batch: Batch;
  trained: Trained;
  steps: number;
  loss: number;
  readonly seconds: number[];
}

async function createArm(backend: string, warmupSteps: number, stepsPerTurn: number): Promise<Arm> {
  await tf.setBackend(backend);
  const parameters = model.createParameters(createRandom(1));
  const trained = { parameters, state: optimizer.createState(parameters) };
  const counts = { steps: 0, loss: Number.NaN, seconds: [] };
  return { backend, warmupSteps, stepsPerTurn, batch: randomBatch(), trained, ...counts };
}

async function run(arm: Arm, steps: number): Promise<void> {
  await tf.setBackend(arm.backend);
  for (let count = 0; count < steps; count++) {
    arm.steps++;
    const { trained, seconds, loss } = await takeStep(arm.trained, arm.batch, arm.steps);
    Object.assign(arm, { trained, loss });
    if (arm.steps > arm.warmupSteps) arm.seconds.push(seconds);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

function report({ backend, seconds, warmupSteps, loss }: Arm): number {
  const one = median(seconds);
  const speed = `${(one * 1000).toFixed(1)} ms a step, ${Math.round((ROWS * LENGTH) / one)} tokens/s`;
  console.log(`${backend}: ${speed} (median of ${seconds.length} after ${warmupSteps}), loss ${loss.toFixed(4)}`);
  return one;
}

const fast = await createArm(simd.name, 3, 5);
const slow = await createArm("cpu", 1, 1);
for (const arm of [fast, slow]) await run(arm, arm.warmupSteps);
// In turns, so that whatever else the machine does slows both.
for (let turn = 0; turn < TURNS; turn++) for (const arm of [fast, slow]) await run(arm, arm.stepsPerTurn);
const seconds = report(fast);
const ratio = report(slow) / seconds;
console.log(`ratio: ${ratio.toFixed(1)}, required ${REQUIRED_RATIO}`);
process.exitCode = ratio >= REQUIRED_RATIO ? 0 : 1;
