import type { StreamRows } from "@trivium/features";
import { type LabelLeak, labelLeaks } from "@trivium/masks";
import { crossMaskFor, type LanguageModel, selfMaskFor } from "@trivium/model";
import type { ProbeBatch } from "./probe-batch.ts";

/** The label leaks of a batch by reachability: through the masks that the model makes for it, to where labels stand. */
export function leaksByMasks({ architecture, config }: LanguageModel, { batch, tokens }: ProbeBatch): LabelLeak[] {
  const { streams } = architecture;
  const [first, last] = [streams[0], streams.at(-1)] as [string, string];
  const lengthOf = (stream: string) => (batch.streams[stream] as StreamRows).length;
  const length = lengthOf(last);
  const placesByPrediction = new Map<number, { stream: string; at: number }[]>();
  for (const { inputs, predictions } of tokens) {
    for (const at of predictions) placesByPrediction.set(at, [...(placesByPrediction.get(at) ?? []), ...inputs]);
  }
  return labelLeaks({
    streams: Object.fromEntries(streams.map((stream) => [stream, lengthOf(stream)])),
    selfMask: Object.fromEntries(streams.map((stream) => [stream, selfMaskFor(architecture, batch, stream)])),
    crossMask: architecture.crossMask && crossMaskFor(architecture, batch, last, first),
    layers: config.layers,
    shift: null,
    labels: ({ row, position }) =>
      (placesByPrediction.get(row * length + position) ?? [])
        .filter(({ stream, at }) => Math.floor(at / lengthOf(stream)) === row)
        .map(({ stream, at }) => ({ stream, position: at % lengthOf(stream) })),
    lossWeights: Array.from({ length: batch.size }, (_, row) =>
      batch.lossWeights.subarray(row * length, (row + 1) * length),
    ),
    rows: batch.size,
  });
}
