/** A consumer of events: a progress bar, a log, a page. It is awaited, so nothing overtakes it. */
export type Sink<Event> = (event: Event) => void | Promise<void>;

/**
 * Runs a stream of events to its end, hands every event to every sink, and returns what the stream returns, which
 * `for await` would drop. An error of a sink stops the stream and is thrown.
 *
 * @example const { parameters } = await consume(train(options), (event) => console.log(event));
 */
export async function consume<Event, Result>(
  events: AsyncGenerator<Event, Result, void>,
  ...sinks: readonly Sink<NoInfer<Event>>[]
): Promise<Result> {
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      for (const sink of sinks) await sink(value);
    }
  } finally {
    await events.return(undefined as never);
  }
}
