import { CheckpointError } from "@trivium/core";

/** A configuration of another implementation: the object of `config.json`. */
export type ForeignConfig = Readonly<Record<string, unknown>>;

/** Throws an error about a place, with a code of this package. */
export const refusing =
  (place: string, code = "config") =>
  (problem: string): never => {
    throw new CheckpointError(`pretrained/${code}`, `${place}: ${problem}`, { details: { place } });
  };
