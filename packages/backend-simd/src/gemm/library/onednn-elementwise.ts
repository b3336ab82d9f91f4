import type { Elementwise } from "../gemm-provider.ts";
import type { Koffi, KoffiLibrary } from "./koffi.ts";
import { type OnednnMajor, openPrimitives, type Primitive } from "./onednn-primitives.ts";

/** The values of `dnnl_alg_kind_t` for each of `elementwiseCodes`, by the library's major version. */
const algorithms: Readonly<Record<OnednnMajor, readonly number[]>> = {
  2: [0x30, 0xcf, 0x1f, 0xdf, 0x2f, 0xbf],
  3: [0x31, 0x2b, 0x20, 0x2c, 0x21, 0x2a],
};

/** Their parameters: swish alone has one. */
const alphas = [0, 0, 0, 1, 0, 0];

/** Primitives that a thread keeps, of which each is for one function and length; making one takes up to 0.1 ms. */
const KEPT = 256;

/**
 * Functions of each element by oneDNN's eltwise primitives, on the calling thread.
 *
 * @source https://uxlfoundation.github.io/oneDNN/dev_guide_eltwise.html
 */
export function onednnElementwise(library: KoffiLibrary, koffi: Koffi, major: OnednnMajor): Elementwise {
  const primitives = openPrimitives(library, koffi, major);
  const kept = new Map<number, Primitive>();
  const find = (code: number, count: number, isGradient: boolean): Primitive => {
    const key = (2 * count + Number(isGradient)) * algorithms[major].length + code;
    const known = kept.get(key);
    if (known) return known;
    const made = primitives.eltwise({
      algorithm: algorithms[major][code]!,
      alpha: alphas[code]!,
      count,
      isGradient,
    });
    kept.set(key, made);
    if (kept.size > KEPT) {
      const [[oldest, dropped]] = kept as unknown as Iterable<[number, Primitive]> as [[number, Primitive]];
      kept.delete(oldest);
      dropped.destroy();
    }
    return made;
  };
  return {
    value: (code, count, x, y) => find(code, count, false).run([x, y]),
    gradient: (code, count, x, dy, dx) => find(code, count, true).run([x, dy, dx]),
  };
}
