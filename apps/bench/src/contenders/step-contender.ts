import type { AttentionKernel } from "@trivium/attention";
import { createModel, languageTask } from "@trivium/model";
import { adamW, constant, type TrainEvent, train } from "@trivium/trainer";
import { type Contender, timed } from "../contender.ts";
import type { StepWork } from "../step-work.ts";

export interface StepContenderOptions extends Pick<Contender, "name" | "precision" | "provider" | "threads"> {
  readonly work: StepWork;
  readonly attention: AttentionKernel;
  /** Makes its backend the current one. */
  use(): Promise<void>;
}

/** Training by our packages on some backend: the loop that `trivium train` runs, batches included. */
export function stepContender({ work, attention, use, ...own }: StepContenderOptions): Contender {
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
  return {
    ...own,
    async run(times) {
      await use();
      return timed(async () => {
        for (let step = 0; step < times; step++) await nextStep(events);
      });
    },
    async close() {
      await use();
      await events.return(undefined as never);
    },
  };
}

/** Lets the training go on until the next step is done. */
async function nextStep(events: AsyncGenerator<TrainEvent, unknown, void>): Promise<void> {
  for (;;) {
    const { value } = await events.next();
    if ((value as TrainEvent).type === "step") return;
  }
}
