import type { ModelOptions } from "./config.ts";

/** Fields of model options before they were in parts, as recorded runs and claims have them. */
export interface FlatModelFields {
  readonly restartPositions?: boolean | undefined;
  readonly relativeBuckets?: number | undefined;
  readonly relativeMaxDistance?: number | undefined;
  readonly relativeDirection?: "from-mask" | "bidirectional" | "causal" | undefined;
  readonly rotaryBase?: number | undefined;
  readonly normPlacement?: "pre" | "post" | undefined;
  readonly normEpsilon?: number | undefined;
  readonly tiedHead?: boolean | undefined;
  readonly attentionScale?: "head-width" | "none" | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Options of a model as they may be recorded: in parts, or with fields that were flat. */
export type RecordedModelOptions<Options extends object = Partial<ModelOptions>> = Options & FlatModelFields;

/**
 * Reads recorded options of a model: flat fields become the parts that they are now. Other fields stay as they are.
 *
 * @example readModelOptions({ width: 64, tiedHead: false }) // => { width: 64, head: { tied: false } }
 */
export function readModelOptions<Options extends object>(recorded: RecordedModelOptions<Options>): Options {
  const { restartPositions, relativeBuckets, relativeMaxDistance, relativeDirection, rotaryBase, ...rest } = recorded;
  const { normPlacement, normEpsilon, tiedHead, attentionScale, ...options } = rest;
  const optionsOfKind: Readonly<Record<string, Fields>> = {
    learned: { restart: restartPositions },
    t5: { buckets: relativeBuckets, maxDistance: relativeMaxDistance, direction: relativeDirection },
    rotary: { base: rotaryBase },
  };
  const { positions = "learned", norm = "layer" } = options as Partial<ModelOptions>;
  const ofKind = (kind: unknown, fields: Fields = {}) =>
    typeof kind === "string" ? given({ kind }, fields) : undefined;
  const parts = {
    positions: ofKind(positions, optionsOfKind[positions as string]),
    norm: ofKind(norm, { placement: normPlacement, epsilon: normEpsilon }),
    head: given({}, { tied: tiedHead }),
    attention: given({}, { scale: attentionScale }),
  };
  return { ...options, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part)) } as unknown as Options;
}

/** The part with its fields, if one of them was given. */
function given(part: object, fields: Fields): object | undefined {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return present.length > 0 ? { ...part, ...Object.fromEntries(present) } : undefined;
}
