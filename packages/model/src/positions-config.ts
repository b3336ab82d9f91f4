import { alibi, learned, none, type PositionScheme, rotary, sinusoidal, t5 } from "@trivium/nn";
import { z } from "zod";

const count = z.int().positive();
const positive = z.number().positive();

const scaling = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("linear"), factor: positive }),
  z.strictObject({
    kind: z.literal("llama3"),
    factor: positive,
    lowFrequency: positive.default(1),
    highFrequency: positive.default(4),
    length: count,
  }),
  z.strictObject({
    kind: z.literal("yarn"),
    factor: positive,
    fastTurns: positive.default(32),
    slowTurns: positive.default(1),
    whole: z.boolean().default(true),
    amplitude: positive.optional(),
    length: count,
  }),
]);

const options = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("learned"),
    offset: z.int().min(0).default(0),
    restart: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal("sinusoidal"), layout: z.enum(["interleaved", "halves"]).default("interleaved") }),
  z.strictObject({
    kind: z.literal("rotary"),
    base: positive.default(10_000),
    fraction: z.number().gt(0).max(1).default(1),
    scaling: scaling.optional(),
    interleaved: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("t5"),
    buckets: count.default(32),
    maxDistance: count.default(128),
    direction: z.enum(["from-mask", "bidirectional", "causal"]).default("from-mask"),
  }),
  z.strictObject({ kind: z.literal("alibi") }),
  z.strictObject({ kind: z.literal("none") }),
]);

/** The kinds of positions that a configuration may name. */
export const positionKinds = ["learned", "sinusoidal", "rotary", "t5", "alibi", "none"] as const;

const isScheme = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).some((field) => typeof field === "function");

/** A kind of positions by its name, with its options, or a scheme of one's own. */
export const positionsSchema = z.union(
  [z.enum(positionKinds).transform((kind) => options.parse({ kind })), options, z.custom<PositionScheme>(isScheme)],
  { error: `one of ${positionKinds.join(", ")}, or { kind, … } with options that the kind has` },
);

/** Positions as a complete configuration has them. */
export type Positions = z.output<typeof positionsSchema>;

type Options = z.output<typeof options>;

type Schemes = { readonly [Kind in Options["kind"]]: (given: Extract<Options, { kind: Kind }>) => PositionScheme };

const schemes: Schemes = { learned, sinusoidal, rotary, t5, alibi, none };

/** Returns the scheme that a configuration asks for. */
export function schemeOf(given: Positions): PositionScheme {
  if (isScheme(given)) return given as PositionScheme;
  const asked = given as Options;
  return (schemes[asked.kind] as (options: Options) => PositionScheme)(asked);
}
