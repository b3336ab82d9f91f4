import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { type Batch, batchesByStep, toBatch } from "@trivium/features";
import { type Architecture, createModel, languageTask } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";
import { disposeTree } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { adamW, constant, consume, train } from "@trivium/trainer";

const VOCABULARY = 24;
const FIRST_LETTER = 4;

/** Each architecture with the objective that it is trained with here. */
export const arms: Readonly<Record<string, { architecture: Architecture; objective: Objective }>> = {
  causal: { architecture: causal, objective: causalLm({ loss: "target" }) },
  prefix: { architecture: prefix, objective: prefixLm() },
  "encoder-decoder": { architecture: encoderDecoder, objective: seq2seq() },
};

/** The losses of the first steps of an architecture on copying backwards, on the active backend. */
export async function trainingLosses(arm: string, steps: number): Promise<number[]> {
  const { architecture, objective } = arms[arm]!;
  const config = { vocabulary: VOCABULARY, length: 16, width: 16, layers: 2, heads: 2, dropout: 0.1 };
  const losses: number[] = [];
  const { parameters } = await consume(
    train({
      task: languageTask({ model: createModel({ architecture, config, attention: reference() }), objective }),
      batches: batchesByStep((step) => [reversalBatch(objective, step)]),
      optimizer: adamW(),
      schedule: constant({ rate: 1e-2 }),
      clipNorm: 1,
      steps,
      seed: 5,
    }),
    (event) => {
      if (event.type === "step") losses.push(event.loss);
    },
  );
  disposeTree(parameters);
  return losses;
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
