import { dense, type Mask, toDense } from "@trivium/masks";

/** A painted matrix: 1 for each visible pair, row-major. */
export interface Cells {
  readonly queries: number;
  readonly keys: number;
  readonly bits: Uint8Array;
}

/** The largest number of queries or keys of a picture. */
export const LARGEST = 256;

/** The pairs that a mask shows in one batch row, in its first head. */
export function cellsOf(mask: Mask, size: { readonly queries: number; readonly keys: number }, row = 0): Cells {
  const { queries, keys } = size;
  const { values, shape } = toDense(mask, { queries, keys });
  const start = mask.rows === null ? 0 : Math.min(row, mask.rows - 1) * shape[1] * queries * keys;
  return { queries, keys, bits: values.slice(start, start + queries * keys) };
}

/** Painted cells as a mask like any other. */
export function maskOfCells({ queries, keys, bits }: Cells): Mask {
  return dense({ values: bits, shape: [1, 1, queries, keys], ones: "visible" });
}

/** The cells in another size: what is new is hidden. */
export function resizeCells({ queries, keys, bits }: Cells, to: { queries: number; keys: number }): Cells {
  const at = (q: number, k: number) => (q < queries && k < keys ? (bits[q * keys + k] as number) : 0);
  const resized = Uint8Array.from({ length: to.queries * to.keys }, (_, index) =>
    at(Math.floor(index / to.keys), index % to.keys),
  );
  return { queries: to.queries, keys: to.keys, bits: resized };
}

/**
 * Cells as a short text for an address: `8.8.` and, in base 64, the lengths of the runs of equal bits, each row first
 * compared with the row before it.
 *
 * @example writeCells({ queries: 1, keys: 2, bits: Uint8Array.of(1, 0) }) // => "1.2.AAEB"
 */
export function writeCells({ queries, keys, bits }: Cells): string {
  const bytes: number[] = [];
  let [last, run] = [0, 0];
  const end = () => {
    for (; run >= 128; run >>>= 7) bytes.push((run & 127) | 128);
    bytes.push(run);
  };
  for (const [index, bit] of bits.entries()) {
    const changed = index < keys ? bit : bit ^ (bits[index - keys] as number);
    if (changed === last) run += 1;
    else {
      end();
      [last, run] = [changed, 1];
    }
  }
  end();
  const written = btoa(String.fromCharCode(...bytes));
  return `${queries}.${keys}.${written.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Reads what {@link writeCells} wrote; undefined for any other text. It never throws. */
export function readCells(text: string): Cells | undefined {
  const [, rows = "", columns = "", written = ""] = /^(\d{1,3})\.(\d{1,3})\.([\w-]*)$/.exec(text) ?? [];
  const [queries, keys] = [Number(rows), Number(columns)];
  const isSize = (count: number) => count >= 1 && count <= LARGEST;
  const base64 = written.replaceAll("-", "+").replaceAll("_", "/");
  if (!isSize(queries) || !isSize(keys) || base64.length % 4 === 1) return undefined;
  const runs = readRuns(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  if (runs?.reduce((sum, run) => sum + run, 0) !== queries * keys) return undefined;
  const bits = new Uint8Array(queries * keys);
  let at = 0;
  for (const [index, run] of runs.entries()) {
    bits.fill(index % 2, at, at + run);
    at += run;
  }
  for (let index = keys; index < bits.length; index++) bits[index]! ^= bits[index - keys] as number;
  return { queries, keys, bits };
}

/** Numbers in groups of seven bits, the lowest first. */
function readRuns(bytes: Uint8Array): number[] | undefined {
  const runs: number[] = [];
  let [run, shift] = [0, 0];
  for (const byte of bytes) {
    if (shift > 21) return undefined;
    run += (byte & 127) << shift;
    shift = byte & 128 ? shift + 7 : 0;
    if (shift > 0) continue;
    runs.push(run);
    run = 0;
  }
  return shift > 0 ? undefined : runs;
}
