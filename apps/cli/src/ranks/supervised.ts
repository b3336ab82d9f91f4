import type { Collective } from "@trivium/distributed";
import { isSupervised, onStopRequest, recordLine } from "@trivium/distributed/node";
import type { EvaluateOptions, Sink, TrainEvent, TrainOptions } from "@trivium/trainer";

/** The part that a supervisor has in a training. */
export interface Supervision {
  /** Tells the supervisor of each event. */
  readonly sinks: readonly Sink<TrainEvent>[];
  /** The options, with an end when the supervisor asks for it. */
  options<B>(options: TrainOptions<B>): TrainOptions<B>;
  release(): void;
}

/** Rank 0 speaks with the supervisor, if there is one: by lines of stderr, and by its standard input. */
export function supervision({ rank }: Collective): Supervision {
  if (rank > 0 || !isSupervised()) return { sinks: [], options: (options) => options, release: () => {} };
  const tell = (record: Parameters<typeof recordLine>[0]) => void process.stderr.write(recordLine(record));
  const stop = new AbortController();
  const release = onStopRequest(() => stop.abort());
  const sink: Sink<TrainEvent> = (event) =>
    tell(event.type === "step" ? { type: "step", step: event.step, seconds: event.seconds } : { type: "alive" });
  const evaluated = (evaluate: EvaluateOptions): EvaluateOptions => ({
    ...evaluate,
    run(parameters, step) {
      tell({ type: "alive" });
      return evaluate.run(parameters, step);
    },
  });
  return {
    sinks: [sink],
    options: ({ signal, evaluate, ...options }) => ({
      ...options,
      evaluate: evaluate && evaluated(evaluate),
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    }),
    release,
  };
}
