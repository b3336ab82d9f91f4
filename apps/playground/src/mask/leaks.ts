import { blindSpots, type LabelLeak, labelLeaks, type Mask, type StreamPosition, trespasses } from "@trivium/masks";

/** The masks of a picture: of one stream, or of a source and a target. */
export type PictureMasks =
  | { readonly tokens: Mask; readonly length: number }
  | {
      readonly source: Mask;
      readonly cross: Mask;
      readonly target: Mask;
      readonly length: number;
      readonly sourceLength: number;
    };

/** The settings of a search for leaks. */
export interface LeakSettings {
  readonly layers: number;
  readonly shift: number;
  /** `0` and `1` for each prediction; empty: loss at all of them. */
  readonly weights: string;
  /** The place in the source at which the target stands once more; negative: nowhere. */
  readonly copyAt: number;
}

/** Every leak of a picture, by the package's own search. */
export function leaksOf(masks: PictureMasks, { layers, shift, weights, copyAt }: LeakSettings): LabelLeak[] {
  const { length } = masks;
  const lossWeights = Array.from({ length }, (_, at) => (weights === "" || weights[at] === "1" ? 1 : 0));
  const shared = { layers, shift, lossWeights };
  if ("tokens" in masks) {
    return labelLeaks({ ...shared, streams: { tokens: length }, selfMask: masks.tokens });
  }
  const labels = ({ position }: { readonly position: number }): StreamPosition[] => {
    const place = copyAt + position + shift;
    return copyAt >= 0 && position + shift < length && place < masks.sourceLength
      ? [{ stream: "source", position: place }]
      : [];
  };
  return labelLeaks({
    ...shared,
    streams: { source: masks.sourceLength, target: length },
    selfMask: { source: masks.source, target: masks.target },
    crossMask: masks.cross,
    labels,
  });
}

/** An attention of a picture. */
export type AttentionName = "tokens" | "source" | "cross" | "target";

/** A hop of a leak: the cell by which one position reads another, and the attention that it belongs to. */
export interface Hop {
  readonly attention: AttentionName;
  readonly from: StreamPosition;
  readonly to: StreamPosition;
}

/** The hops of a leak from the prediction to its label. */
export function hopsOf({ path }: LabelLeak): Hop[] {
  return path.slice(1).map((to, at) => {
    const from = path[at] as StreamPosition;
    return { from, to, attention: from.stream === to.stream ? (from.stream as AttentionName) : "cross" };
  });
}

/** The differences of a mask from the one that says what should be seen, in sentences without the row. */
export function differencesOf(mask: Mask, expected: Mask, { length, layers }: { length: number; layers: number }) {
  const options = { streams: { tokens: length }, selfMask: mask, layers };
  const spoken = ({ text }: { readonly text: string }): string => text.replaceAll("tokens[", "[");
  return {
    blind: blindSpots({ ...options, expected: { selfMask: expected } }).map(spoken),
    trespass: trespasses({ ...options, allowed: { selfMask: expected } }).map(spoken),
  };
}
