/**
 * Passes a stream on with every event wrapped, without those that become nothing, and returns what the stream returns.
 * Closed early, it closes the stream.
 *
 * @example
 * async function* steps() {
 *   return yield* relay(train(options), (event) => (event.type === "step" ? event : undefined));
 * }
 */
export async function* relay<From, To, Result>(
  stream: AsyncGenerator<From, Result, void>,
  wrap: (event: From) => To | undefined,
): AsyncGenerator<To, Result, void> {
  try {
    for (;;) {
      const next = await stream.next();
      if (next.done) return next.value;
      const event = wrap(next.value);
      if (event !== undefined) yield event;
    }
  } finally {
    await stream.return(undefined as never);
  }
}
