import type { NamedArray, NamedArrays } from "@trivium/checkpoint/safetensors";
import type { CheckpointStore, Snapshot } from "./checkpoint-store.ts";

/**
 * A store that keeps the newest checkpoint in memory: for pages, and to go back within a program.
 *
 * @example await createMemoryStore().latest(() => {}) // => undefined
 */
export function createMemoryStore(): CheckpointStore {
  let kept: Snapshot | undefined;
  return {
    location: "memory",
    async save(snapshot) {
      kept = copySnapshot(snapshot);
    },
    latest: async () => kept && copySnapshot(kept),
  };
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
