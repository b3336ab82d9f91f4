import type { Json } from "@trivium/core";
import type { ModelOptions, RecordedModelOptions } from "@trivium/model";
import { runBetas, runRates } from "@trivium/trainer";

/** A plugin by its name, with its options. */
export interface Named {
  readonly name: string;
  readonly options?: Readonly<Record<string, Json>> | undefined;
}

/** What is scored, and how much of it. */
export interface ScoringSettings {
  /** Default `"validation"`. */
  readonly part?: "validation" | "test" | undefined;
  /** The first so many examples of that part. Default: all. */
  readonly scored?: number | undefined;
  /** So many of those are decoded. Default: all of them. */
  readonly decoded?: number | undefined;
  /** By beam search of that size. Default: greedily. */
  readonly beam?: number | undefined;
  /** The most tokens of a decoded target. Default: what the data needs. */
  readonly maximumTokens?: number | undefined;
  /** Points of the learning curve. Default 8. */
  readonly curvePoints?: number | undefined;
}

/** What is trained, on what, for how long: plain JSON, all of it in the arm's configuration. */
export interface TrainingSettings {
  readonly architecture: string;
  readonly objective: Named;
  /**
   * Options of the model, as arms record them: evidence is found by a hash of this configuration, so its spelling stays.
   * Vocabulary and length follow from the data.
   */
  readonly model: RecordedModelOptions<Omit<ModelOptions, "vocabulary" | "length">>;
  /** The longest row. Default: what the data needs. */
  readonly length?: number | undefined;
  readonly dataset: Named;
  /** One tokenizer for both sides, by name. Default: what the dataset asks for. */
  readonly tokenizer?: string | undefined;
  /** Trains on the first so many examples. Default: all. */
  readonly examples?: number | undefined;
  readonly steps: number;
  /** Examples of a step. */
  readonly batch: number;
  /** Tokens of a packed row. Default: a row each. */
  readonly packing?: number | undefined;
  readonly seed: number;
  /** The peak of a warm-up and half a cosine. Default 2e-3. */
  readonly learningRate?: number | undefined;
  /** Of the trainer's, by name: `"adam-w"`, `"muon"`. Default `"adam-w"`. */
  readonly optimizer?: string | undefined;
  /** Default 0.01. */
  readonly weightDecay?: number | undefined;
  /** Default 1. */
  readonly clipNorm?: number | undefined;
  readonly evaluation?: ScoringSettings | undefined;
}

/** The settings with every default filled in: what the numbers depend on. */
export function trainingConfiguration(settings: TrainingSettings) {
  const { architecture, objective, dataset, evaluation = {}, learningRate = 2e-3, steps } = settings;
  const { model, length, tokenizer, examples, batch, packing, seed, clipNorm = 1 } = settings;
  const { optimizer = "adam-w", weightDecay = 0.01 } = settings;
  const { part = "validation", scored, decoded, beam, maximumTokens, curvePoints = 8 } = evaluation;
  return given({
    type: "training",
    version: 1,
    architecture,
    model,
    length,
    tokenizer,
    examples,
    steps,
    batch,
    packing,
    seed,
    objective: { name: objective.name, options: objective.options ?? {} },
    dataset: { name: dataset.name, options: dataset.options ?? {} },
    optimizer: { name: optimizer, options: { ...runBetas, weightDecay } },
    schedule: { name: "warmup-cosine", options: runRates({ learningRate, steps }) },
    clipNorm,
    evaluation: given({ part, scored, decoded, beam, maximumTokens, curvePoints }),
  });
}

/** What JSON would keep. */
const given = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> =>
  JSON.parse(JSON.stringify(fields)) as Record<string, Json>;
