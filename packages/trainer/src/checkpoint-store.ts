import type { NamedArrays } from "@trivium/checkpoint";
import type { Json } from "@trivium/core";
import type { BestSoFar } from "./best.ts";
import type { LossHistory } from "./divergence.ts";
import type { Totals } from "./events.ts";
import type { FaultCounts } from "./recovery.ts";

/** Facts that may change the bits of a run: backend, GEMM provider and version, kernel build, precision. Names are free. */
export type NumericIdentity = Readonly<Record<string, string>>;

/** State of a run beside its arrays, as plain JSON. */
export interface RunState {
  /** Steps done. Every random stream follows from the step and the seed. */
  readonly step: number;
  /** Place where the batch source goes on. Default: null, since data in memory follow from the step. */
  readonly cursor?: Json | undefined;
  readonly seed: number | string;
  readonly totals: Totals;
  readonly losses: LossHistory;
  /** Default: nothing was evaluated for the best. */
  readonly best?: BestSoFar | undefined;
  /** Default: there was no fault. */
  readonly faults?: FaultCounts | undefined;
  /** Numbers of the optimiser's state. Default: it has none. */
  readonly optimizer?: Readonly<Record<string, number>> | undefined;
  readonly numericIdentity: NumericIdentity;
  /** Number of shards of a step. Default 1. */
  readonly shards?: number | undefined;
  /** Number of processes that shared the shards. Any other number that divides the shards goes on with the same bits. Default 1. */
  readonly ranks?: number | undefined;
}

/** A run between two steps, on the host. */
export interface Snapshot {
  /** The parameters to use, by dotted path: averaged ones where the optimiser keeps an average. */
  readonly model: NamedArrays;
  /** Optimiser state by dotted path: `m.embedding`, `v.embedding`; beside an average, `trained.embedding` too. */
  readonly optimizer: NamedArrays;
  /** Facts that identify the run, and the caller's additions. Plain JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: RunState;
}

/** A snapshot on its way to a store. */
export interface SavedSnapshot extends Snapshot {
  /**
   * Optimiser state in slices, one for each process, which `joinSlices` joins; `optimizer` is empty then. Default: it is in
   * `optimizer`, whole.
   */
  readonly slices?: readonly NamedArrays[] | undefined;
}

/** The run that a store is opened for. */
export interface OpenStoreRequest {
  /** Facts that identify the run, as plain JSON. */
  readonly identity: Readonly<Record<string, unknown>>;
  /** Continues a run that the store holds. */
  readonly resume: boolean;
}

/** Content of a store when it was opened. */
export interface OpenedStore {
  /** The newest whole checkpoint. Undefined if there is none. */
  readonly snapshot: Snapshot | undefined;
  /** Reasons why newer checkpoints were passed over: one line for each that is broken. */
  readonly skipped: readonly string[];
}

/** A place for the checkpoints of one run: a run folder, a browser's storage, memory. */
export interface CheckpointStore {
  /** Name of the place in messages, such as the path of a folder. */
  readonly location: string;
  /**
   * Called once, before anything is saved.
   *
   * @throws {CheckpointError} `checkpoint/other-run` if it holds a run of another identity, `checkpoint/run-exists` if
   *   it holds this run and `resume` is false.
   */
  open(request: OpenStoreRequest): Promise<OpenedStore>;
  /**
   * Returns the newest whole checkpoint of the opened run, or nothing.
   *
   * @param before - passes over checkpoints of this step and of later ones. Default: of none.
   */
  newest(before?: number): Snapshot | undefined | Promise<Snapshot | undefined>;
  /** The store collects the rows of optimiser state of all processes, and is given those that this process owns. Default false. */
  readonly collectsRows?: boolean | undefined;
  /**
   * Saves the snapshot whole or not at all. The arrays are lent until the promise settles, so a store copies them.
   *
   * @param protect - steps of earlier checkpoints that a store of several keeps. Default: the newest ones alone.
   */
  save(snapshot: SavedSnapshot, protect?: readonly number[]): Promise<void>;
}
