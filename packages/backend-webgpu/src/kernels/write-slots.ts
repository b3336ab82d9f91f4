import { defineFamily, rowsOf } from "./fused-family.ts";

/** Rows are copied over slots, in the storage's own memory where nothing else holds it; no program runs. */
export const writeSlotsKernels = defineFamily("write-slots", {
  writeSlots(recorder, { storage, slots }, { runs }) {
    const written = recorder.takeOver(storage);
    const { columns } = rowsOf(slots);
    let next = 0;
    for (let at = 0; at < runs.length; at += 2) {
      const [start, count] = [runs[at]!, runs[at + 1]!];
      const [fromElement, toElement] = [next * columns, start * columns];
      recorder.copy({ from: slots, fromElement, to: written, toElement, count: count * columns });
      next += count;
    }
    return [written];
  },
});
