import type { Collective } from "@trivium/distributed";
import { isSupervised, onStopRequest, recordLine, type SupervisorRecord } from "@trivium/distributed/node";
import type { CheckpointOptions, EvaluateOptions, Sink, TrainEvent, TrainOptions } from "@trivium/trainer";

/** The part that a supervisor has in a training. */
export interface Supervision {
  /** Tell the supervisor of each event. */
  readonly sinks: readonly Sink<TrainEvent>[];
  /** A supervisor says how a run that was interrupted goes on. */
  readonly isSupervised: boolean;
  /** Returns the options, with an end when the supervisor asks for it. */
  options<B>(options: TrainOptions<B>): TrainOptions<B>;
  release(): void;
}

/** Rank 0 speaks with the supervisor, if there is one: by lines of stderr, and by its standard input. */
export function supervision({ rank }: Collective): Supervision {
  if (rank > 0 || !isSupervised())
    return { sinks: [], isSupervised: isSupervised(), options: (options) => options, release: () => {} };
  const stop = new AbortController();
  return {
    sinks: [tellEvent],
    isSupervised: true,
    options: ({ signal, evaluate, checkpoint, ...options }) => ({
      ...options,
      evaluate: evaluate && evaluated(evaluate),
      checkpoint: checkpoint && saved(checkpoint),
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    }),
    release: onStopRequest(() => stop.abort()),
  };
}

const tell = (record: SupervisorRecord) => void process.stderr.write(recordLine(record));

function tellEvent(event: TrainEvent): void {
  if (event.type === "step") tell({ type: "step", seconds: event.seconds });
  else tell({ type: event.type === "checkpoint" ? "saved" : "busy" });
}

const evaluated = (evaluate: EvaluateOptions): EvaluateOptions => ({
  ...evaluate,
  run(parameters, step) {
    tell({ type: "busy" });
    return evaluate.run(parameters, step);
  },
});

const saved = ({ store, ...options }: CheckpointOptions): CheckpointOptions => ({
  ...options,
  store: {
    ...store,
    save(snapshot, protect) {
      tell({ type: "busy" });
      return store.save(snapshot, protect);
    },
  },
});
