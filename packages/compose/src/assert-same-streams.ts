import { CheckpointError } from "@trivium/core";
import type { Architecture } from "@trivium/model";

/**
 * Checks that a model of one architecture can be read as another: it then has the same streams, and so the same parameters.
 *
 * @throws {CheckpointError} `compose/streams`, with the parameters that are missing or too many.
 */
export function assertSameStreams(
  { name, streams }: Pick<Architecture, "name" | "streams">,
  other: Pick<Architecture, "name" | "streams">,
): void {
  if (other.streams.join() === streams.join()) return;
  const more = other.streams.length > streams.length;
  const why = more
    ? `${other.name} has a stack of layers for each stream and cross-attention between them, which were never trained here`
    : `${other.name} has no place for the stack of layers of each stream and the cross-attention between them`;
  const problem = `a ${name} checkpoint has the parameters of [${streams.join(", ")}], and ${other.name} those of [${other.streams.join(", ")}]: ${why}`;
  throw new CheckpointError("compose/streams", `${problem}; read it as ${name}, or as one with the same streams`);
}
