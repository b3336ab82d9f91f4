import type { AttentionKernel } from "@trivium/attention";
import { createModel, languageTask } from "@trivium/model";
import { adamW, constant, type TrainEvent, train } from "@trivium/trainer";
import { type Contender, contenderOn, type Subject } from "../contender.ts";
import type { StepWork } from "../step-work.ts";

/** A training that can say how far it is. */
export interface StepContender extends Contender {
  /** Nats per token of the last step, before its update. */
  loss(): number;
}

/** Training by our packages on some backend: the loop that `trivium train` runs, batches included. */
export function stepContender(subject: Subject, work: StepWork, attention: AttentionKernel): StepContender {
  const { architecture, config, objective, batches } = work;
  const events = train({
    task: languageTask({ model: createModel({ architecture, config, attention }), objective }),
    batches,
    steps: Number.MAX_SAFE_INTEGER,
    seed: 0,
    optimizer: adamW({ beta2: 0.999 }),
    schedule: constant({ rate: 1e-3 }),
    divergence: false,
  });
  let loss = Number.NaN;
  const nextStep = async () => {
    let event: TrainEvent;
    do event = (await events.next()).value as TrainEvent;
    while (event.type !== "step");
    loss = event.loss;
  };
  const contender = contenderOn(subject, {
    work,
    async run(times) {
      for (let step = 0; step < times; step++) await nextStep();
    },
    async close() {
      await subject.use();
      await events.return(undefined as never);
    },
  });
  return { ...contender, loss: () => loss };
}
