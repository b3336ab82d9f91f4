import type { Engine } from "@trivium/compose";
import type { Output } from "./output.ts";

/** Notes which attention kernel a default chose, and why. */
export function noteEngine({ note }: Engine, output: Pick<Output, "note">): void {
  if (note !== undefined) output.note(note);
}
