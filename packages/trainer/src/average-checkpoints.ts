import { type Files, float32Of, latestCheckpointIn, type NamedArrays } from "@trivium/checkpoint";
import { CheckpointError } from "@trivium/core";

/** The mean of the weights of several checkpoints. */
export interface AveragedCheckpoints {
  /** Steps of the checkpoints, the newest first. */
  readonly steps: readonly number[];
  readonly model: NamedArrays;
  /** `config.json` of the newest one. */
  readonly config: unknown;
}

/**
 * Averages the weights of the newest whole checkpoints of a run. One checkpoint at a time is in memory.
 *
 * @param files - the files of a run folder.
 * @param last - the number of checkpoints, at least 1.
 * @throws {CheckpointError} `trainer/too-few-checkpoints` if the run holds fewer; what reading throws.
 * @source Vaswani et al. 2017, §6.1, https://arxiv.org/abs/1706.03762
 * @example (await averageCheckpoints(folderFiles("runs/a"), 5)).steps // => [500, 400, 300, 200, 100]
 */
export async function averageCheckpoints(files: Files, last: number): Promise<AveragedCheckpoints> {
  const steps: number[] = [];
  const sums = new Map<string, { readonly shape: readonly number[]; readonly sum: Float64Array }>();
  let config: unknown;
  while (steps.length < last) {
    const { checkpoint } = await latestCheckpointIn(files, steps.at(-1));
    if (!checkpoint) throw tooFew(files.name, last, steps);
    if (steps.length === 0) config = checkpoint.json("config.json");
    steps.push(checkpoint.step);
    for (const [name, array] of Object.entries(checkpoint.arrays("model.safetensors"))) {
      const values = float32Of(array, name);
      const { sum } = sums.get(name) ?? { sum: new Float64Array(values.length) };
      for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (values[at] as number);
      sums.set(name, { shape: array.shape, sum });
    }
  }
  const mean = (sum: Float64Array) => Float32Array.from(sum, (value) => value / steps.length);
  const model = Array.from(sums, ([name, { shape, sum }]) => [name, { dtype: "F32", shape, data: mean(sum) }] as const);
  return { steps, model: Object.fromEntries(model), config };
}

function tooFew(name: string, last: number, steps: readonly number[]): CheckpointError {
  const held = steps.length === 0 ? "none" : `${steps.length}, of step ${steps.join(", ")}`;
  const remedy = "average fewer (--last), or train with more of them (--keep)";
  const message = `${name} holds fewer whole checkpoints than ${last}: ${held}; ${remedy}`;
  return new CheckpointError("trainer/too-few-checkpoints", message, { details: { last, found: steps.length } });
}
