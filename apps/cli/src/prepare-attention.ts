import { type AttentionKernel, defaultAttention } from "@trivium/attention";
import type { Backend } from "@trivium/tensor";
import type { Plugins } from "./load-registry.ts";

/** An attention kernel, and where a default chose it a line that says which and why. */
export interface PreparedAttention {
  readonly kernel: AttentionKernel;
  readonly note: string | undefined;
}

/**
 * Makes the attention kernel of that name, or the default of a backend.
 *
 * @throws {UnknownPluginError} for a name that no plugin has.
 */
export function prepareAttention(name: string | undefined, registry: Plugins, backend: Backend): PreparedAttention {
  const chosen = defaultAttention(backend);
  const kernel = registry.create("attention", name ?? chosen.name, {}) as AttentionKernel;
  return { kernel, note: name === undefined ? `attention: ${chosen.name}, since ${chosen.why}` : undefined };
}

/** Prints the line of a default. */
export function noteAttention({ note }: PreparedAttention, output: { note(line: string): void }): void {
  if (note !== undefined) output.note(note);
}
