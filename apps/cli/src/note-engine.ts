import type { Engine } from "@trivium/compose";
import type { Output } from "./output.ts";

/** Notes which attention kernel a default chose, and why. */
export function noteEngine({ note }: Engine, output: Pick<Output, "note">): void {
  if (note !== undefined) output.note(note);
}

/** Passes events on. Notes the choice once the first of them shows that the request was right. */
export async function* notingEngine<Event>(
  events: AsyncIterable<Event>,
  engine: Engine,
  output: Pick<Output, "note">,
): AsyncGenerator<Event> {
  let isFirst = true;
  for await (const event of events) {
    if (isFirst) noteEngine(engine, output);
    isFirst = false;
    yield event;
  }
}
