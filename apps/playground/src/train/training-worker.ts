import "./without-code-from-text.ts";
import { createSimdBackend } from "@trivium/backend-simd";
import { float32Of, type NamedArrays } from "@trivium/checkpoint";
import { createPacer, TriviumError } from "@trivium/core";
import { countSpecs, type ParameterTree } from "@trivium/tensor";
import { readTree, type TrainEvent, type TrainResult, train } from "@trivium/trainer";
import { type Arm, createArm } from "./arms.ts";
import { answerHeldOut } from "./held-out.ts";
import { type ArmName, armNames } from "./names.ts";
import type { FromWorker, StepPoint, ToWorker } from "./protocol.ts";
import { encodeData, loadDataset, type TrainingData } from "./training-data.ts";

/** Steps between two answers to held-out examples, and milliseconds between two messages of steps. */
const ANSWER_EVERY = 50;
const TELL_MS = 100;

const tell = (message: FromWorker): void => postMessage(message);

interface RunningArm {
  readonly name: ArmName;
  readonly events: AsyncGenerator<TrainEvent, TrainResult, void>;
}

let running: readonly RunningArm[] = [];
/** Steps that are still to be taken. */
let wanted = 0;
let step = 0;
let isStepping = false;
/** True for the last step before a pause, after which the models are kept to be looked into. */
let isLast = false;
const models: Partial<Record<ArmName, NamedArrays>> = {};
/** Answers that the page hears of behind the step after which they were given. */
const answered: Extract<FromWorker, { type: "held-out" }>[] = [];

async function start({ settings, pairs, threads }: Extract<ToWorker, { type: "start" }>): Promise<void> {
  // The library's own product kernels, so that Node's run of the exported program gives the same bits.
  const backend = createSimdBackend({ name: "playground", gemm: "wasm", threads });
  await backend.activate();
  const data = encodeData(await loadDataset(settings.task, pairs));
  const arms = armNames.map((name) => createArm(name, settings, data));
  running = arms.map((arm) => ({ name: arm.name, events: train({ ...arm.options, evaluate: evaluation(arm, data) }) }));
  const use = backend.use();
  const counts = arms.map(({ name, model }) => [name, countSpecs(model.specs)]);
  tell({
    type: "ready",
    parameters: Object.fromEntries(counts) as Record<ArmName, number>,
    threads: use.threads,
    build: use.build,
    examples: data.examples.length,
    heldOut: data.heldOut.length,
    vocabulary: data.tokenizer.size,
    length: data.length,
  });
}

/** Answers held-out examples and copies models while an arm trains; its parameters are lent after each step. */
const evaluation = (arm: Arm, data: TrainingData): NonNullable<Arm["options"]["evaluate"]> => ({
  every: 1,
  onFailure: "stop",
  async run(parameters, at) {
    if (isLast) models[arm.name] = await copyOf(parameters);
    if (at % ANSWER_EVERY !== 0) return {};
    const report = await answerHeldOut(arm, parameters, data);
    if (report === undefined) return {};
    answered.push({ type: "held-out", arm: arm.name, step: at, report });
    return { errorRate: report.errorRate };
  },
});

/** The values of a tree, which stay as they are while the tree trains on. */
async function copyOf(parameters: ParameterTree): Promise<NamedArrays> {
  const arrays = Object.entries(await readTree(parameters));
  return Object.fromEntries(
    arrays.map(([path, array]) => [path, { dtype: "F32", shape: array.shape, data: float32Of(array, path).slice() }]),
  );
}

/** Takes the arms' steps in turns, until as many are taken as are wanted. */
async function takeSteps(): Promise<void> {
  if (isStepping) return;
  isStepping = true;
  const rest = createPacer();
  let points: StepPoint[] = [];
  let told = performance.now();
  const tellPoints = () => {
    if (points.length > 0) tell({ type: "steps", points });
    points = [];
    told = performance.now();
  };
  while (wanted > 0) {
    isLast = wanted === 1;
    for (const arm of running) {
      points.push(await nextStep(arm));
      await rest();
    }
    step += 1;
    wanted -= 1;
    if (answered.length > 0 || performance.now() - told >= TELL_MS) tellPoints();
    for (const answers of answered.splice(0)) tell(answers);
  }
  tellPoints();
  isStepping = false;
  tell({ type: "paused", step, models: models as Record<ArmName, NamedArrays> });
}

/** Events of an arm up to the end of its next step, which the evaluation is a part of. */
async function nextStep({ name, events }: RunningArm): Promise<StepPoint> {
  let point: StepPoint | undefined;
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error(`the ${name} arm ended after ${step} steps`);
    if (value.type === "step") {
      const { loss, totals } = value;
      const { supervisedTokens: targetTokens, flops = 0, seconds } = totals;
      point = { arm: name, step: value.step, loss, targetTokens, flops, seconds };
    }
    if (value.type === "evaluated" && point) return point;
  }
}

let started: Promise<void> | undefined;

async function receive(message: ToWorker): Promise<void> {
  try {
    if (message.type === "start") started = start(message);
    await started;
    if (message.type === "start") return;
    // A pause lets one more step be taken, which ends with a copy of the models.
    wanted = message.type === "run" ? message.steps : Math.min(wanted, 2);
    if (message.type === "run") await takeSteps();
  } catch (error) {
    tell({ type: "failed", message: TriviumError.is(error) ? error.message : String(error) });
  }
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => void receive(data));
