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
  /** What the run is, and what the caller adds. Plain JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: RunState;
}

/** What a store is opened for: which run, and whether to go on with it. */
export interface OpenStoreRequest {
  /** What makes the run this run and no other, as plain JSON. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** Whether to go on with a run that is there. */
  readonly resume: boolean;
}

/** What a store had when it was opened. */
export interface OpenedStore {
  /** The newest whole checkpoint; undefined if there is none. */
  readonly snapshot: Snapshot | undefined;
  /** Why newer checkpoints were passed over: one line for each that is broken. */
  readonly skipped: readonly string[];
}

/** Where the checkpoints of one run are kept: a run folder, a browser's storage, memory. */
export interface CheckpointStore {
  /** For messages: the path of the folder, say. */
  readonly location: string;
  /**
   * Called once, before anything is saved.
   *
   * @throws {CheckpointError} `checkpoint/other-run` if it holds a run of another identity, `checkpoint/run-exists` if
   *   it holds this run and `resume` is false.
   */
  open(request: OpenStoreRequest): Promise<OpenedStore>;
  /** Whole or not at all. The arrays are lent until the promise settles: copy what stays. */
  save(snapshot: Snapshot): Promise<void>;
}
