import { assertShapes, ShapeError } from "@trivium/core";
import { type Tensor4D, tf } from "../tf.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp } from "./fused-op.ts";

const run = defineFusedOp(fusedKernels.writeSlots, {
  composed({ storage, slots }, { start }) {
    const [B, G, C, D] = storage.shape as [number, number, number, number];
    const end = start + (slots.shape[2] as number);
    const before = tf.slice(storage as Tensor4D, [0, 0, 0, 0], [B, G, start, D]);
    return tf.concat([before, slots as Tensor4D, tf.slice(storage as Tensor4D, [0, 0, end, 0], [B, G, C - end, D])], 2);
  },
});

/**
 * Writes over some slots of a storage, as a key/value cache does with new ones. Consumes `storage`. A backend with the
 * kernel writes in place, in time that grows with the new slots; elsewhere everything is copied.
 *
 * @param storage - `[B, G, C, D]`.
 * @param slots - `[B, G, S, D]`; stays the caller's.
 * @param start - the first slot to write; the last one is `start + S − 1 < C`.
 * @returns `[B, G, C, D]`.
 * @throws {ShapeError} `tensor/slots` if the slots do not fit.
 */
export function writeSlots(storage: Tensor4D, slots: Tensor4D, start: number): Tensor4D {
  const shapes = { storage: [storage.shape, "B G C D"], slots: [slots.shape, "B G S D"] } as const;
  const { C, S } = assertShapes("tensor/slots", shapes) as { C: number; S: number };
  if (!(Number.isInteger(start) && start >= 0 && start + S <= C)) {
    const message = `slots ${start} to ${start + S - 1} should lie within the ${C} that there are`;
    throw new ShapeError("tensor/slots", message, { details: { start, slots: S, storage: C } });
  }
  const [written] = run({ storage, slots }, { start });
  storage.dispose();
  return written as Tensor4D;
}
