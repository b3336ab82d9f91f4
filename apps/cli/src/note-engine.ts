import type { Engine } from "@trivium/compose";
import type { Output } from "./output.ts";

/** Notes which attention kernel a default chose, and why; and what the backend says on its speed here. */
export async function noteEngine({ note, backend }: Engine, output: Pick<Output, "note">): Promise<void> {
  if (note !== undefined) output.note(note);
  for (const line of (await backend?.speedNotes?.()) ?? []) output.note(line);
}

/** Passes events on. Notes the choice once the first of them shows that the request was right. */
export async function* notingEngine<Event>(
  events: AsyncIterable<Event>,
  engine: Engine,
  output: Pick<Output, "note">,
): AsyncGenerator<Event> {
  let isFirst = true;
  for await (const event of events) {
    if (isFirst) await noteEngine(engine, output);
    isFirst = false;
    yield event;
  }
}
