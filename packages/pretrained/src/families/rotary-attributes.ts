import type { ResolvedConfig } from "@trivium/model";
import { z } from "zod";
import type { Refuse } from "../family-record.ts";

const positive = z.number().positive();
const theta = { rope_theta: positive.optional() };
const factored = { ...theta, factor: positive, original_max_position_embeddings: z.int().positive().nullish() };

const kinds = "one of default, linear, dynamic, llama3, yarn";

const parameters = z.discriminatedUnion(
  "rope_type",
  [
    z.strictObject({ ...theta, rope_type: z.literal("default") }),
    z.strictObject({ ...factored, rope_type: z.literal("linear") }),
    z.strictObject({ ...factored, rope_type: z.literal("dynamic") }),
    z.strictObject({
      ...factored,
      rope_type: z.literal("llama3"),
      low_freq_factor: positive.default(1),
      high_freq_factor: positive.default(4),
    }),
    z.strictObject({
      ...factored,
      rope_type: z.literal("yarn"),
      attention_factor: positive.nullish(),
      beta_fast: positive.nullish(),
      beta_slow: positive.nullish(),
      truncate: z.boolean().nullish(),
    }),
  ],
  { error: ({ code }) => (code === "invalid_union" ? kinds : undefined) },
);

/** The rotation's object; before `rope_type` its kind was called `type`. */
const rotation = z.preprocess((value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { type = "default", ...others } = value as Record<string, unknown>;
  return { rope_type: type, ...others };
}, parameters.nullish());

type Parameters = z.output<typeof parameters>;

/** Attributes that say how queries and keys turn: in one object, or as versions before 5 have them. */
export const rotaryAttributes = {
  max_position_embeddings: z.int().positive(),
  rope_parameters: rotation,
  rope_scaling: rotation,
  rope_theta: positive.nullish(),
};

interface RotaryGiven {
  readonly max_position_embeddings: number;
  readonly rope_parameters?: Parameters | null | undefined;
  readonly rope_scaling?: Parameters | null | undefined;
  readonly rope_theta?: number | null | undefined;
}

/** Returns the rotary positions of a configuration. */
export function rotaryOf(given: RotaryGiven, defaultTheta = 10_000) {
  const turns: Parameters = given.rope_scaling ?? given.rope_parameters ?? { rope_type: "default" };
  const base = turns.rope_theta ?? given.rope_theta ?? given.rope_parameters?.rope_theta ?? defaultTheta;
  return { kind: "rotary" as const, base, scaling: scalingOf(turns, given.max_position_embeddings) };
}

function scalingOf(turns: Parameters, longest: number) {
  switch (turns.rope_type) {
    // Frequencies change only beyond the longest row, which a model refuses.
    case "default":
    case "dynamic":
      return undefined;
    case "linear":
      return { kind: "linear" as const, factor: turns.factor };
    case "llama3":
      return {
        kind: "llama3" as const,
        factor: turns.factor,
        lowFrequency: turns.low_freq_factor,
        highFrequency: turns.high_freq_factor,
        length: turns.original_max_position_embeddings ?? longest,
      };
    case "yarn":
      return {
        kind: "yarn" as const,
        factor: turns.factor,
        fastTurns: turns.beta_fast ?? 32,
        slowTurns: turns.beta_slow ?? 1,
        whole: turns.truncate ?? true,
        amplitude: turns.attention_factor ?? undefined,
        length: turns.original_max_position_embeddings ?? longest,
      };
  }
}

/** Returns the rotation's object of a configuration: the way back of {@link rotaryOf}. */
export function foreignRotary({ positions }: ResolvedConfig, refuse: Refuse): z.input<typeof parameters> {
  if (!("base" in positions) || positions.interleaved || positions.fraction !== 1) {
    return refuse("positions are rotary, over whole heads in halves");
  }
  const { base, scaling } = positions;
  const turns = { rope_theta: base };
  if (!scaling) return { ...turns, rope_type: "default" };
  if (scaling.kind === "linear") return { ...turns, rope_type: "linear", factor: scaling.factor };
  const common = { ...turns, factor: scaling.factor, original_max_position_embeddings: scaling.length };
  if (scaling.kind === "llama3") {
    const { lowFrequency, highFrequency } = scaling;
    return { ...common, rope_type: "llama3", low_freq_factor: lowFrequency, high_freq_factor: highFrequency };
  }
  const { fastTurns, slowTurns, whole, amplitude } = scaling;
  const yarn = { ...common, rope_type: "yarn" as const, beta_fast: fastTurns, beta_slow: slowTurns, truncate: whole };
  return { ...yarn, attention_factor: amplitude };
}
