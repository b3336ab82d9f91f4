import type { Json } from "@trivium/core";
import type { ModelOptions, RecordedModelOptions } from "@trivium/model";
import { runBetas, runRates } from "@trivium/trainer";

/** A plugin by its name, with its options. */
export interface Named {
  readonly name: string;
  readonly options?: Readonly<Record<string, Json>> | undefined;
}

/** The part of the data to score, and the amount to score and decode. */
export interface ScoringSettings {
  /** Default `"validation"`. */
  readonly part?: "validation" | "test" | undefined;
  /** Number of examples to score, from the first on. Default: all. */
  readonly scored?: number | undefined;
  /** Number of scored examples to decode. Default: all. */
  readonly decoded?: number | undefined;
  /** Beam size of the search. Default: greedy decoding. */
  readonly beam?: number | undefined;
  /** Maximum number of tokens of a decoded target. Default: the length that the data needs. */
  readonly maximumTokens?: number | undefined;
  /** Points of the learning curve. Default 8. */
  readonly curvePoints?: number | undefined;
}

/** The model, data and budget of a training run, as plain JSON. All fields are part of the arm's configuration. */
export interface TrainingSettings {
  readonly architecture: string;
  readonly objective: Named;
  /**
   * Options of the model, as arms record them: evidence is found by a hash of this configuration, so its spelling stays.
   * Vocabulary and length follow from the data.
   */
  readonly model: RecordedModelOptions<Omit<ModelOptions, "vocabulary" | "length">>;
  /** Maximum length of a row. Default: the length that the data needs. */
  readonly length?: number | undefined;
  readonly dataset: Named;
  /** One tokenizer for both sides, alone by its name or with options. Default: the tokenizer that the dataset asks for. */
  readonly tokenizer?: string | Named | undefined;
  /** Number of training examples, from the first on. Default: all. */
  readonly examples?: number | undefined;
  readonly steps: number;
  /** Examples of a step. */
  readonly batch: number;
  /** Tokens of a packed row. Default: one row for each example. */
  readonly packing?: number | undefined;
  readonly seed: number;
  /** The peak rate of a warm-up followed by half a cosine. Default 2e-3. */
  readonly learningRate?: number | undefined;
  /** The name of an optimiser of the trainer: `"adam-w"`, `"muon"`. Default `"adam-w"`. */
  readonly optimizer?: string | undefined;
  /** Default 0.01. */
  readonly weightDecay?: number | undefined;
  /** Default 1. */
  readonly clipNorm?: number | undefined;
  readonly evaluation?: ScoringSettings | undefined;
  /**
   * A training before, of the same model with the same rates and seed. It needs a tokenizer and a length that suit both.
   * Default: the arm starts from fresh parameters.
   */
  readonly pretraining?: PretrainingSettings | undefined;
}

/** A training before that of an arm, on texts, from which the arm starts. */
export interface PretrainingSettings {
  readonly objective: Named;
  /** Datasets of texts, whose training parts become one. */
  readonly datasets: readonly Named[];
  readonly steps: number;
  /** Examples of a step. */
  readonly batch: number;
}

/** The settings with every default filled in: what the numbers depend on. */
export function trainingConfiguration(settings: TrainingSettings) {
  const { architecture, objective, dataset, evaluation = {}, learningRate = 2e-3, steps } = settings;
  const { model, length, tokenizer, examples, batch, packing, seed, clipNorm = 1 } = settings;
  const { optimizer = "adam-w", weightDecay = 0.01, pretraining } = settings;
  const schedule = (length: number) => ({
    name: "warmup-cosine",
    options: runRates({ learningRate, steps: length }),
  });
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
    schedule: schedule(steps),
    clipNorm,
    evaluation: given({ part, scored, decoded, beam, maximumTokens, curvePoints }),
    pretraining: pretraining && { ...pretraining, schedule: schedule(pretraining.steps) },
  });
}

/** Returns the fields that JSON keeps. */
const given = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> =>
  JSON.parse(JSON.stringify(fields)) as Record<string, Json>;
