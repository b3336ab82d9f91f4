import type { NamedArrays } from "@trivium/checkpoint/safetensors";
import type { LossHistory } from "./divergence.ts";
import type { Totals } from "./events.ts";

/** What may change the bits of a run: backend, GEMM provider and version, kernel build, precision. Names are free. */
export type NumericIdentity = Readonly<Record<string, string>>;

/** Everything beside arrays that a run needs to go on, as plain JSON. */
export interface RunState {
  /** Steps done. The data position and every random stream follow from it and the seed. */
  readonly step: number;
  readonly seed: number | string;
  readonly totals: Totals;
  readonly losses: LossHistory;
  readonly numericIdentity: NumericIdentity;
}

/** A run between two steps, on the host. */
export interface Snapshot {
  /** Parameters by dotted path. */
  readonly model: NamedArrays;
  /** Optimiser state by dotted path: `m.embedding`, `v.embedding`. */
  readonly optimizer: NamedArrays;
  /** What the run is: model, objective, optimiser, seed, and what the caller adds. Plain JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: RunState;
}

/** Where checkpoints are kept: a run folder, a browser's storage, memory. */
export interface CheckpointStore {
  /** For messages: the path of the folder, say. */
  readonly location: string;
  /** Whole or not at all. The arrays are lent for the call: copy what stays. */
  save(snapshot: Snapshot): Promise<void>;
  /**
   * The newest whole checkpoint, if there is one.
   *
   * @param skipped - called with the reason for each newer one that is broken and was passed over.
   */
  latest(skipped: (reason: string) => void): Promise<Snapshot | undefined>;
}
