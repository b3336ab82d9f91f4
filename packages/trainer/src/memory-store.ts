import type { NamedArray, NamedArrays } from "@trivium/checkpoint";
import { CheckpointError } from "@trivium/core";
import type { CheckpointStore, OpenStoreRequest, Snapshot } from "./checkpoint-store.ts";
import { joinSlices } from "./join-slices.ts";
import { describeDifferences } from "./run-description.ts";

const location = "memory";

/** A store whose newest checkpoint can be read. */
export interface MemoryStore extends CheckpointStore {
  newest(before?: number): Snapshot | undefined;
}

/**
 * A store that keeps the newest checkpoint in memory: for pages, and to go back within a program.
 *
 * @example createMemoryStore().location // => "memory"
 */
export function createMemoryStore(): MemoryStore {
  let known: OpenStoreRequest["identity"] | undefined;
  let kept: Snapshot | undefined;
  const newest = (before = Number.POSITIVE_INFINITY) =>
    kept && kept.state.step < before ? copySnapshot(kept) : undefined;
  return {
    location,
    newest,
    async open({ identity, resume }) {
      if (kept) assertResumable(known, identity, resume);
      known = structuredClone(identity);
      return { snapshot: newest(), skipped: [] };
    },
    async save(snapshot) {
      const { slices, optimizer } = snapshot;
      kept = copySnapshot({ ...snapshot, optimizer: slices ? joinSlices(slices) : optimizer });
    },
  };
}

function assertResumable(known: unknown, identity: unknown, resume: boolean): void {
  const differences = describeDifferences(known, identity);
  if (differences.length > 0) {
    const message = `the store in ${location} holds another run: ${differences.join("; ")}; use another store`;
    throw new CheckpointError("checkpoint/other-run", message, { details: { differences } });
  }
  const message = `the store in ${location} already holds this run; resume it or use another store`;
  if (!resume) throw new CheckpointError("checkpoint/run-exists", message);
}

const copySnapshot = ({ model, optimizer, config, state }: Snapshot): Snapshot => ({
  model: copyArrays(model),
  optimizer: copyArrays(optimizer),
  config: structuredClone(config),
  state: structuredClone(state),
});

const copyArrays = (arrays: NamedArrays): NamedArrays =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, { ...array, data: array.data.slice() } as NamedArray]),
  );
