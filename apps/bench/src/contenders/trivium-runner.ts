import type { AttentionKernel } from "@trivium/attention";
import { createBatchSource } from "@trivium/data";
import { errorRates } from "@trivium/evaluator";
import { collectAnswers, generate } from "@trivium/generate";
import { type Architecture, createModel, type LanguageModel, languageTask } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { disposeTree, type ParameterTree } from "@trivium/tensor";
import { splitUnits } from "@trivium/text";
import { adamW, consume, train, warmupCosine } from "@trivium/trainer";
import type { RunData, Runner, RunOutcome, RunSettings } from "../run-work.ts";
import type { Engine } from "./engines.ts";

export interface TriviumRunOptions {
  readonly engine: Engine;
  readonly architecture: Architecture;
  readonly objective: Objective;
  readonly attention: AttentionKernel;
  readonly settings: RunSettings;
  readonly data: RunData;
  readonly restartPositions: boolean;
  /** Tokens of a packed row. */
  readonly packing: number | undefined;
}

/** The longest answer, as the peer has it. */
const longestAnswer = 24;

/** The run by our packages: the schedule, the clipping and the optimiser of the PyTorch peer. */
export function triviumRunner(options: TriviumRunOptions): Runner {
  const { engine, architecture, attention, data, settings, restartPositions } = options;
  const { vocabulary, length } = data;
  const { width, layers, heads } = settings;
  const positions = { kind: "learned", restart: restartPositions } as const;
  const config = { vocabulary, length, width, layers, heads, positions };
  const model = createModel({ architecture, config, attention });
  return {
    ...engine,
    async run(seed) {
      await engine.use();
      const started = performance.now();
      const parameters = await trainModel(model, seed, options);
      const trained = performance.now();
      const rates = await decode(model, parameters, options);
      const ended = performance.now();
      disposeTree(parameters);
      return { ...rates, trainSeconds: (trained - started) / 1000, seconds: (ended - started) / 1000 };
    },
    close() {},
  };
}

async function trainModel(model: LanguageModel, seed: number, options: TriviumRunOptions): Promise<ParameterTree> {
  const { objective, settings, data, packing } = options;
  const { words, batch, learningRate: peak } = settings;
  const steps = Math.floor(words / batch);
  const warmupSteps = Math.min(steps - 1, Math.max(50, Math.floor(steps / 10)));
  const { parameters } = await consume(
    train({
      task: languageTask({ model, objective }),
      steps,
      seed,
      clipNorm: 1,
      batches: createBatchSource({
        examples: data.train,
        special: data.tokenizer.special,
        objective,
        batchSize: batch,
        seed,
        packing,
      }),
      optimizer: adamW({ beta1: 0.9, beta2: 0.98, weightDecay: 0.01 }),
      schedule: warmupCosine({ peak, warmupSteps, steps, floor: 0.02 * peak }),
      logEvery: steps,
    }),
  );
  return parameters;
}

async function decode(
  model: LanguageModel,
  parameters: ParameterTree,
  { objective, data }: TriviumRunOptions,
): Promise<Pick<RunOutcome, "per" | "wer">> {
  const { heldOut, tokenizer } = data;
  const { special } = tokenizer;
  const phonemes = (text: string) => splitUnits(text, "symbol");
  const examples = heldOut.map(({ example }) => example);
  const events = generate({ model, parameters, objective, special, examples, maximumTokens: longestAnswer });
  const predictions = (await collectAnswers(events)).map(([answer]) => tokenizer.decodeTarget(answer?.ids ?? []));
  const { per, wer } = errorRates(
    heldOut.map(({ references }, index) => ({
      prediction: phonemes(predictions[index] as string),
      references: references.map(phonemes),
    })),
  );
  return { per, wer };
}
