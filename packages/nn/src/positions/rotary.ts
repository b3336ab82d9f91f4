import type { PositionRows } from "@trivium/attention";
import { type Tensor4D, tf } from "@trivium/tensor";
import type { Rotation } from "./position-scheme.ts";
import { type PositionScheme, placeOf } from "./position-scheme.ts";

/** A change of the frequencies, for rows longer than those that the model was trained on first. */
export type RotaryScaling =
  | { readonly kind: "linear"; readonly factor: number }
  | {
      /** Divides low frequencies by `factor`, keeps high ones, and goes from one to the other between them. */
      readonly kind: "llama3";
      readonly factor: number;
      /** Wavelengths above `length / lowFrequency` are low frequencies. */
      readonly lowFrequency: number;
      /** Wavelengths below `length / highFrequency` are high frequencies. */
      readonly highFrequency: number;
      /** The length of the first training, in tokens. */
      readonly length: number;
    }
  | {
      /**
       * YaRN: divides the frequencies of channels that turn less than `slowTurns` times in the first length by `factor`,
       * keeps those that turn more than `fastTurns` times, and goes from one to the other pair by pair.
       */
      readonly kind: "yarn";
      readonly factor: number;
      /** Default 32. */
      readonly fastTurns?: number | undefined;
      /** Default 1. */
      readonly slowTurns?: number | undefined;
      /** Whether the first and the last pair between them are whole numbers. Default true. */
      readonly whole?: boolean | undefined;
      /** Multiplier on turned queries and keys. Default `0.1 · ln(factor) + 1`, and 1 for factors up to 1. */
      readonly amplitude?: number | undefined;
      /** The length of the first training, in tokens. */
      readonly length: number;
    };

/** Options of rotary positions. */
export interface RotaryOptions {
  /** Base of the wavelengths. Default 10,000. */
  readonly base?: number | undefined;
  /** The share of a head's channels that turn (GPT-NeoX). The rest stays. Default 1. */
  readonly fraction?: number | undefined;
  readonly scaling?: RotaryScaling | undefined;
  /** Pairs channels `2i` and `2i + 1` (GPT-J) instead of `i` and `i + D/2`. Default false. */
  readonly interleaved?: boolean | undefined;
}

/** Rotary positions: queries and keys turn by their positions, so that their products depend on distances. */
export function rotary(options: RotaryOptions = {}): PositionScheme {
  const { fraction = 1 } = options;
  return {
    kind: "rotary",
    check({ headWidth }) {
      const turning = fraction * headWidth;
      if (Number.isInteger(turning) && turning % 2 === 0) return undefined;
      return `headWidth: rotary positions need an even head width, got ${headWidth}${fraction < 1 ? ` · ${fraction}` : ""}`;
    },
    rotate: (positions, headWidth) => rotation(positions, headWidth, options),
  };
}

/**
 * The angles `position · base^(−2i/D′)`, one for each pair of channels.
 *
 * @param positions - `[B or 1][L]`; padding (−1) is rotated like position 0, since nothing sees it.
 * @param headWidth - D; an even number of its channels turn.
 * @source Su et al. 2021, §3.2.2, https://arxiv.org/abs/2104.09864; the halves paired as Llama's checkpoints have them;
 *   linear scaling: Chen et al. 2023, https://arxiv.org/abs/2306.15595; Llama 3's: the released code of Llama 3.1; YaRN:
 *   Peng et al. 2023, https://arxiv.org/abs/2309.00071, with the bounds and the multiplier of its released code
 */
export function rotation(positions: PositionRows, headWidth: number, options: RotaryOptions = {}): Rotation {
  const { base = 10_000, fraction = 1, scaling, interleaved = false } = options;
  const width = fraction * headWidth;
  const half = width / 2;
  const [rows, length] = [positions.length, positions[0]?.length ?? 0];
  const cosine = new Float32Array(rows * length * width);
  const sine = new Float32Array(cosine.length);
  const scale = scaling?.kind === "yarn" ? yarn(scaling, base, width) : scaledBy(scaling);
  const amplitude = scaling?.kind === "yarn" ? amplitudeOf(scaling) : 1;
  const frequencies = Array.from({ length: half }, (_, pair) => scale(base ** ((-2 * pair) / width), pair));
  positions.flat().forEach((position, slot) => {
    for (let channel = 0; channel < width; channel++) {
      const pair = interleaved ? channel >> 1 : channel % half;
      const isFirst = interleaved ? channel % 2 === 0 : channel < half;
      const angle = placeOf(position) * (frequencies[pair] as number);
      cosine[slot * width + channel] = amplitude * Math.cos(angle);
      // The first channel of a pair takes minus the second one of the original vector.
      sine[slot * width + channel] = amplitude * (isFirst ? -Math.sin(angle) : Math.sin(angle));
    }
  });
  const shape: [number, number, number, number] = [rows, length, 1, width];
  return { cosine: tf.tensor4d(cosine, shape), sine: tf.tensor4d(sine, shape), interleaved };
}

/** A frequency by its place among the pairs, as a scaling changes it. */
type Scale = (frequency: number, pair: number) => number;

const scaledBy =
  (scaling: Exclude<RotaryScaling, { kind: "yarn" }> | undefined): Scale =>
  (frequency) => {
    if (!scaling) return frequency;
    if (scaling.kind === "linear") return frequency / scaling.factor;
    const { factor, lowFrequency, highFrequency, length } = scaling;
    const turns = (length * frequency) / (2 * Math.PI);
    return mixed(frequency, factor, (turns - lowFrequency) / (highFrequency - lowFrequency));
  };

/** A share of the frequency itself, and the rest of it divided. */
function mixed(frequency: number, factor: number, given: number): number {
  const share = Math.min(1, Math.max(0, given));
  return ((1 - share) * frequency) / factor + share * frequency;
}

type Yarn = Extract<RotaryScaling, { kind: "yarn" }>;

function yarn(
  { factor, fastTurns = 32, slowTurns = 1, whole = true, length }: Yarn,
  base: number,
  width: number,
): Scale {
  // The pair that turns so many times in the first length.
  const pairOf = (turns: number): number => (width * Math.log(length / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const [fast, slow] = [pairOf(fastTurns), pairOf(slowTurns)];
  const low = Math.max(0, whole ? Math.floor(fast) : fast);
  const high = Math.min(width - 1, whole ? Math.ceil(slow) : slow);
  const span = high === low ? 0.001 : high - low;
  return (frequency, pair) => mixed(frequency, factor, 1 - (pair - low) / span);
}

const amplitudeOf = ({ factor, amplitude }: Yarn): number => amplitude ?? (factor > 1 ? 0.1 * Math.log(factor) + 1 : 1);

/** Rotates queries or keys `[B, L, heads, D]` by their positions. */
export function rotate(x: Tensor4D, { cosine, sine, interleaved }: Rotation): Tensor4D {
  const [width, headWidth] = [cosine.shape[3], x.shape[3]];
  const turning = width === headWidth ? x : tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, width]);
  const turned = tf.add(
    tf.mul(turning, cosine),
    tf.mul(interleaved ? pairSwapped(turning) : halfSwapped(turning), sine),
  );
  if (width === headWidth) return turned as Tensor4D;
  return tf.concat([turned as Tensor4D, tf.slice(x, [0, 0, 0, width])], 3);
}

function halfSwapped(x: Tensor4D): Tensor4D {
  const half = x.shape[3] / 2;
  return tf.concat([tf.slice(x, [0, 0, 0, half]), tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, half])], 3);
}

function pairSwapped(x: Tensor4D): Tensor4D {
  const pairs = tf.reshape(x, [-1, x.shape[3] / 2, 2]) as tf.Tensor3D;
  const swapped = tf.concat([tf.slice(pairs, [0, 0, 1]), tf.slice(pairs, [0, 0, 0], [-1, -1, 1])], 2);
  return tf.reshape(swapped, x.shape) as Tensor4D;
}
