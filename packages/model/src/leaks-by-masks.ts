import type { Batch, StreamRows } from "@trivium/features";
import { type LabelLeak, labelLeaks } from "@trivium/masks";
import type { Architecture } from "./architecture.ts";
import { crossMaskFor, selfMaskFor } from "./input-masks.ts";
import type { ResolvedConfig } from "./resolve-config.ts";

/** A batch, and where each token stands and is predicted in it; all places are flat in `[B, L]`. */
export interface LabelPlaces {
  readonly batch: Batch;
  readonly tokens: readonly {
    readonly inputs: readonly { readonly stream: string; readonly at: number }[];
    readonly predictions: readonly number[];
  }[];
}

/**
 * Finds the label leaks of a batch by reachability: paths through the masks that a model makes for the batch, from a
 * prediction with loss to a slot that holds its label.
 *
 * @returns one leak for each prediction and place of its label; none if the masks are sound.
 * @throws what `labelLeaks` of `@trivium/masks` throws.
 * @example leaksByMasks({ architecture: causal, config: { layers: 2 } }, markedBatch(causalLm(), examples)) // => []
 */
export function leaksByMasks(
  { architecture, config }: { readonly architecture: Architecture; readonly config: Pick<ResolvedConfig, "layers"> },
  { batch, tokens }: LabelPlaces,
): LabelLeak[] {
  const { streams } = architecture;
  const [first, last] = [streams[0], streams.at(-1)] as [string, string];
  const lengthOf = (stream: string) => (batch.streams[stream] as StreamRows).length;
  const length = lengthOf(last);
  const places = placesByPrediction(tokens);
  return labelLeaks({
    streams: Object.fromEntries(streams.map((stream) => [stream, lengthOf(stream)])),
    selfMask: Object.fromEntries(streams.map((stream) => [stream, selfMaskFor(architecture, batch, stream)])),
    crossMask: architecture.crossMask && crossMaskFor(architecture, batch, last, first),
    layers: config.layers,
    shift: null,
    labels: ({ row, position }) =>
      (places.get(row * length + position) ?? [])
        .filter(({ stream, at }) => Math.floor(at / lengthOf(stream)) === row)
        .map(({ stream, at }) => ({ stream, position: at % lengthOf(stream) })),
    lossWeights: Array.from({ length: batch.size }, (_, row) =>
      batch.lossWeights.subarray(row * length, (row + 1) * length),
    ),
    rows: batch.size,
  });
}

function placesByPrediction(tokens: LabelPlaces["tokens"]) {
  const places = new Map<number, { readonly stream: string; readonly at: number }[]>();
  for (const { inputs, predictions } of tokens)
    for (const at of predictions) places.set(at, [...(places.get(at) ?? []), ...inputs]);
  return places;
}
