import { modelFlags } from "./recipe-flags.ts";

/** The settings under each heading of a command's help; the first ones first, for they are what most people want. */
const headings: Readonly<Record<string, readonly string[]>> = {
  "Measurement:": ["preset", "seeds"],
  "Data:": [
    ...[
      "data",
      "dataOptions",
      "heldOut",
      "sourceColumn",
      "targetColumn",
      "textColumn",
      "repeated",
      "tooLong",
      "examples",
    ],
    ...["tokenizer", "tokenizerOptions"],
    ...["sourceTokenizer", "sourceTokenizerOptions", "targetTokenizer", "targetTokenizerOptions"],
  ],
  "Model:": [
    ...[
      "architecture",
      "architectures",
      "from",
      "freeze",
      "loraRank",
      "loraAlpha",
      "loraTargets",
      "loraDropout",
      "objective",
      "objectiveOptions",
      "loss",
    ],
    ...[...modelFlags, "length", "modelOptions"],
  ],
  "Training:": ["steps", "batch", "learningRate", "schedule", "warmupSteps", "totalSteps", "optimizer", "seed"],
  "Engine:": ["backend", "backendOptions", "jobs", "threads", "gemm", "precision", "attention", "attentionOptions"],
  "Output:": [
    ...["out", "resume", "checkpointEvery", "keep", "evaluateEvery", "evaluationFailure", "scored", "decoded"],
    ...["metrics", "metricsOptions", "profile", "profileSteps"],
  ],
};

/**
 * The settings in the order and under the headings in which help shows them; what has no place is of the training.
 *
 * @example groupSettings(["seed", "data"]) // => [{ heading: "Data:", settings: ["data"] }, { heading: "Training:", settings: ["seed"] }]
 */
export function groupSettings(settings: readonly string[]): { heading: string; settings: string[] }[] {
  const placed = Object.values(headings).flat();
  const others = settings.filter((setting) => !placed.includes(setting));
  const groups = Object.entries(headings).map(([heading, names]) => ({
    heading,
    settings: [...names.filter((name) => settings.includes(name)), ...(heading === "Training:" ? others : [])],
  }));
  return groups.filter((group) => group.settings.length > 0);
}
