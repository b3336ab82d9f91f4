import type { Exponentials } from "../product.ts";
import type { Koffi, KoffiLibrary } from "./koffi.ts";
import { type OnednnMajor, openPrimitives, type Primitive } from "./onednn-primitives.ts";

/** Primitives that a thread keeps, each for one length; making one takes up to 0.1 ms. */
const KEPT = 256;

/** Exponentials by oneDNN's eltwise primitive, on the calling thread. */
export function onednnExponentials(library: KoffiLibrary, koffi: Koffi, major: OnednnMajor): Exponentials {
  const primitives = openPrimitives(library, koffi, major);
  const kept = new Map<number, Primitive>();
  const find = (count: number): Primitive => {
    const known = kept.get(count);
    if (known) return known;
    if (kept.size === KEPT) {
      const [oldest, dropped] = kept.entries().next().value!;
      kept.delete(oldest);
      dropped.destroy();
    }
    const made = primitives.exponential(count);
    kept.set(count, made);
    return made;
  };
  return (count, x, y) => find(count).run(x, y);
}
