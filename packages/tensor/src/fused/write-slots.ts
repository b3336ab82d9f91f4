import { assertShapes, ShapeError } from "@trivium/core";
import { type Tensor2D, tf } from "../tf.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp } from "./fused-op.ts";

/** Runs of adjacent slots, two numbers each: the first slot and how many there are. */
export type SlotRuns = readonly number[];

const run = defineFusedOp(fusedKernels.writeSlots, {
  composed({ storage, slots }, { runs }) {
    const length = storage.shape[0] as number;
    const from = Int32Array.from({ length }, (_, slot) => slot);
    let next = length;
    for (let at = 0; at < runs.length; at += 2) {
      for (let slot = 0; slot < (runs[at + 1] as number); slot++) from[(runs[at] as number) + slot] = next++;
    }
    return tf.gather(tf.concat([storage, slots], 0), tf.tensor1d(from, "int32"));
  },
});

/**
 * Writes rows over some slots of a storage, in order of the runs. Consumes `storage`. A backend that has the kernel
 * writes into the storage's own memory, so that the time is that of the new rows; another backend copies everything.
 *
 * @param storage - `[C, W]`.
 * @param slots - `[S, W]`; stays the caller's.
 * @param runs - the slots to write, S in all.
 * @returns `[C, W]`.
 * @throws {ShapeError} `tensor/slots` if widths differ, a run leaves the storage, or the runs do not hold S slots.
 * @example writeSlots(tf.zeros([4, 1]), tf.tensor2d([[1], [2]]), [2, 2]).arraySync() // => [[0], [0], [1], [2]]
 */
export function writeSlots(storage: Tensor2D, slots: Tensor2D, runs: SlotRuns): Tensor2D {
  const shapes = { storage: [storage.shape, "C W"], slots: [slots.shape, "S W"] } as const;
  const { C, S } = assertShapes("tensor/slots", shapes) as { C: number; S: number };
  let written = 0;
  for (let at = 0; at < runs.length; at += 2) {
    const [start, count] = [runs[at] as number, runs[at + 1] as number];
    written += count;
    if (Number.isInteger(start) && start >= 0 && start + count <= C) continue;
    const message = `slots ${start} to ${start + count - 1} should lie within the ${C} that there are`;
    throw new ShapeError("tensor/slots", message, { details: { start, count, storage: C } });
  }
  if (written !== S) {
    throw new ShapeError("tensor/slots", `the runs should hold ${S} slots, got ${written}`, { details: { runs } });
  }
  const [result] = run({ storage, slots }, { runs: runs as number[] });
  storage.dispose();
  return result as Tensor2D;
}
