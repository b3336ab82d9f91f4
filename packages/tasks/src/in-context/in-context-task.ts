import { ConfigError, type Random } from "@trivium/core";
import type { Dataset } from "@trivium/data";
import type { TextPair } from "@trivium/features";
import { z } from "zod";
import { generateDataset } from "../generate-dataset.ts";
import { drawBetween } from "../letters.ts";
import { partSizes, testSizes } from "../part-sizes.ts";

/** A point of the grid: whole numbers, `resolution` of which are 1. */
export type Point = readonly number[];

/** The options of every in-context task in text form. */
export const inContextOptions = {
  ...partSizes,
  /** Numbers of an input. */
  dimension: z.int().min(1).max(16).default(2),
  /** Examples in the context of a question. */
  examples: z.int().min(1).default(10),
  /** The test part has `test` questions with each of these numbers of examples, in this order. Default: `examples`. */
  testExamples: testSizes(1).optional(),
  /** Steps of the grid from 0 to 1; inputs are uniform on the grid points of [−1, 1]. */
  resolution: z.int().min(1).max(1000).default(8),
};

const options = z.strictObject(inContextOptions);

export interface InContextTask extends z.output<typeof options> {
  readonly name: string;
  /** Every answer that there is. */
  readonly answers: readonly string[];
  /** Draws what the context shows by example: the answer to each input. */
  drawRule(random: Random): (point: Point) => string;
}

const QUESTION = "?";

/**
 * A dataset of questions about a rule that is drawn anew for each: `x1 y1 x2 y2 … xq ?` to `yq`. No input stands twice in
 * one source, so that no question is answered by its own example.
 *
 * @throws {ConfigError} `tasks/options` if the grid has too few points, `tasks/too-few`.
 */
export function inContextTask(task: InContextTask): Dataset {
  const { dimension, resolution, examples, testExamples = [examples] } = task;
  checkGrid(task, Math.max(examples, ...testExamples) + 1);
  const draw = (count: number, random: Random): TextPair => {
    const rule = task.drawRule(random);
    const points = drawPoints(count + 1, { dimension, resolution }, random);
    const asked = points.pop() as Point;
    const shown = points.map((point) => `${point.join(" ")} ${rule(point)}`);
    return { source: `${shown.join(" ")} ${asked.join(" ")} ${QUESTION}`, target: rule(asked) };
  };
  const grid = Array.from({ length: 2 * resolution + 1 }, (_, at) => String(at - resolution));
  const alphabet = [QUESTION, ...new Set([...grid, ...task.answers])];
  return generateDataset({
    ...task,
    tokenizer: { name: "shared", tokenizer: { name: "symbol", alphabet } },
    draw: (random) => draw(examples, random),
    conditions: testExamples.map((count) => ({ name: `examples ${count}`, draw: (random) => draw(count, random) })),
  });
}

function drawPoints(count: number, grid: Pick<InContextTask, "dimension" | "resolution">, random: Random): Point[] {
  const points = new Map<string, Point>();
  while (points.size < count) {
    const point = Array.from({ length: grid.dimension }, () => drawBetween(-grid.resolution, grid.resolution, random));
    points.set(point.join(" "), point);
  }
  return [...points.values()];
}

function checkGrid({ name, dimension, resolution }: InContextTask, needed: number): void {
  const exist = (2 * resolution + 1) ** dimension;
  if (needed <= exist) return;
  const problem = `task ${name}: a context and its question need ${needed} different inputs, but only ${exist} exist`;
  throw new ConfigError("tasks/options", `${problem}; raise the resolution or the dimension, or give fewer examples`);
}
