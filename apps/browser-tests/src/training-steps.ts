import { type AttentionKernel, reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Batch, batchesByStep, toBatch } from "@trivium/features";
import { type Architecture, createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree, mapTree, tf } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { adamW, constant, consume, type Task, train } from "@trivium/trainer";

const VOCABULARY = 24;
const FIRST_LETTER = 4;

/** Each architecture with the objective that it is trained with here. */
export const arms: Readonly<Record<string, { architecture: Architecture; objective: Objective }>> = {
  causal: { architecture: causal, objective: causalLm({ loss: "target" }) },
  prefix: { architecture: prefix, objective: prefixLm() },
  "encoder-decoder": { architecture: encoderDecoder, objective: seq2seq() },
};

/** Deviations of a training from the usual one. */
export interface TrainingVariant {
  /** Default: the reference. */
  readonly attention?: AttentionKernel | undefined;
  /** Each first parameter is multiplied by a number within this of 1, by a random stream of this seed. */
  readonly disturbance?: { readonly relative: number; readonly seed: number } | undefined;
  /** Called after each step. */
  readonly onStep?: (() => void) | undefined;
}

/** The losses of the first steps of an architecture on copying backwards, on the active backend. */
export async function trainingLosses(arm: string, steps: number, variant: TrainingVariant = {}): Promise<number[]> {
  const { architecture, objective } = arms[arm]!;
  const { attention = reference(), disturbance, onStep } = variant;
  const config = { vocabulary: VOCABULARY, length: 16, width: 16, layers: 2, heads: 2, dropout: 0.1 };
  const losses: number[] = [];
  const task = languageTask({ model: createModel({ architecture, config, attention }), objective });
  const { parameters } = await consume(
    train({
      task: disturbance ? disturbed(task, disturbance) : task,
      batches: batchesByStep((step) => [reversalBatch(objective, step)]),
      optimizer: adamW(),
      schedule: constant({ rate: 1e-2 }),
      clipNorm: 1,
      steps,
      seed: 5,
    }),
    (event) => {
      if (event.type !== "step") return;
      losses.push(event.loss);
      onStep?.();
    },
  );
  disposeTree(parameters);
  return losses;
}

/** The same task from first parameters that are a little different. */
function disturbed(task: Task<Batch>, { relative, seed }: NonNullable<TrainingVariant["disturbance"]>): Task<Batch> {
  return {
    ...task,
    createParameters(random) {
      const noise = createRandom("disturbance").split(seed);
      const created = task.createParameters(random);
      const moved = mapTree(created, (leaf) => {
        const values = leaf.dataSync().map((value) => value * (1 + relative * (2 * noise.uniform() - 1)));
        return tf.tensor(values, leaf.shape);
      });
      disposeTree(created);
      return moved;
    },
  };
}

function reversalBatch(objective: Objective, step: number): Batch {
  const random = createRandom("reversal").split(step);
  const rows = Array.from({ length: 8 }, () => {
    const length = 2 + random.integer(5);
    const source = Array.from({ length }, () => FIRST_LETTER + random.integer(VOCABULARY - FIRST_LETTER));
    return objective.features({ source, target: source.toReversed() }, { special: reservedSpecials(), random });
  });
  return toBatch(rows);
}
