import { ShapeError } from "@trivium/core";
import type { ModelInput } from "@trivium/features";
import type { TokenPlace } from "@trivium/objectives";

/** Returns a copy of an input with some ids changed. */
export function withIds(
  input: ModelInput,
  places: readonly { readonly stream: string; readonly at: number }[],
  change: (id: number) => number,
): ModelInput {
  const streams = { ...input.streams };
  for (const { stream, at } of places) {
    const rows = streams[stream] as ModelInput["streams"][string];
    const ids = rows.ids.slice();
    ids[at] = change(ids[at] as number);
    streams[stream] = { ...rows, ids };
  }
  return { ...input, streams };
}

/**
 * Returns the one slot in which a source token stands.
 *
 * @throws {ShapeError} `probes/source-token` if it stands in none or several.
 */
export function slotOf({ token, inputs }: TokenPlace): { readonly stream: string; readonly at: number } {
  const [slot] = inputs;
  if (slot && inputs.length === 1) return slot;
  const found = inputs.map(({ stream, at }) => `${stream}[${at}]`).join(", ") || "nowhere";
  const message = `source token ${token} should stand in one place of the model's input, found ${found}`;
  throw new ShapeError("probes/source-token", `${message}; use an objective that does not corrupt the source`);
}
