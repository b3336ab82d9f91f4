import { type Architecture, selfMaskOf } from "@trivium/model";
import type { Objective } from "@trivium/objectives";

/** One row of features. */
type Features = ReturnType<Objective["features"]>;

/**
 * Draws the features of one example: what each stream reads, what is predicted with which weight, and whom each position
 * of the predicting stream sees.
 *
 * @param wordOf - the word for an id.
 */
export function drawFeatures(
  { streams, targets, lossWeights, prefixLength }: Features,
  architecture: Architecture,
  wordOf: (id: number) => string,
): string {
  const predicting = architecture.streams.at(-1) as string;
  const read = (streams[predicting] ?? []).map(wordOf);
  const mask = selfMaskOf(architecture, predicting)({ prefixLengths: prefixLength });
  const table = [
    ["reads", ...read],
    ["predicts", ...targets.map(wordOf)],
    ["loss weight", ...lossWeights.map(String)],
    ...read.map((word, query) => [word, ...read.map((_, key) => (mask.visible(0, 0, query, key) ? "x" : "."))]),
  ];
  const width = Math.max(...table.flatMap(([, ...cells]) => cells.map(({ length }) => length)));
  const lines = table.map(([title = "", ...cells]) =>
    [title.padEnd(11), ...cells.map((cell) => cell.padStart(width))].join(" "),
  );
  const sources = architecture.streams.slice(0, -1).map((stream) => {
    const words = (streams[stream] ?? []).map(wordOf).join(" ");
    return `${stream.padEnd(11)} ${words}\n`;
  });
  return `${sources.join("")}${lines.join("\n")}`;
}
