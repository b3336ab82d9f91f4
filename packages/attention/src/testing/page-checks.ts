import { createRandom } from "@trivium/core";
import { and, causal, type Mask, or, prefix, window } from "@trivium/masks";
import { type Tensor2D, type Tensor3D, tf } from "@trivium/tensor";
import { alibiSlopes } from "../alibi-slopes.ts";
import { attendPages } from "../attend-pages.ts";
import { attendProjected } from "../attend-projected.ts";
import type { AttentionKernel, DistanceBias } from "../attention-kernel.ts";
import { KeyValuePages, type PageRows } from "../key-value-pages.ts";
import { PageReading } from "../page-reading.ts";
import { reference } from "../reference.ts";
import { readOut } from "./run-case.ts";
import type { KernelCheck } from "./supported-cases.ts";

const [H, G, D] = [4, 2, 8];

/** Keys or queries of the positions of one row: a function of row and position. */
function vectors(of: { name: string; row: number; start: number; end: number; width: number }): number[] {
  return Array.from({ length: of.end - of.start }, (_, at) => {
    const random = createRandom(`${of.name}/${of.row}/${of.start + at}`);
    return Array.from({ length: of.width }, () => random.normal());
  }).flat();
}

interface Case {
  readonly mask: (rows: readonly number[]) => Mask;
  readonly bias?: DistanceBias | undefined;
  readonly softCap?: number | undefined;
}

const prefixes = [3, 40, 1];

const cases: Readonly<Record<string, Case>> = {
  causal: { mask: () => causal() },
  prefix: { mask: (rows) => or(prefix({ lengths: rows.map((row) => prefixes[row] as number) }), causal()) },
  window: { mask: () => and(causal(), window({ left: 37 })) },
  ALiBi: { mask: () => causal(), bias: { kind: "alibi", slopes: alibiSlopes(H) } },
  "a soft cap": { mask: () => causal(), softCap: 0.9 },
};

/** Lengths of three rows before a step, and the positions that each gets. */
const [lengths, counts] = [
  [5, 70, 33],
  [1, 3, 0],
];

/** What attention over pages should give: each row by itself, its keys side by side. */
async function expected(row: number, { mask, bias, softCap }: Case): Promise<number[]> {
  const [stored, added] = [lengths[row] as number, counts[row] as number];
  if (added === 0) return [];
  const tensor = (name: string, start: number, width: number): Tensor3D =>
    tf.tensor3d(vectors({ name, row, start, end: stored + added, width }), [1, stored + added - start, width]);
  const range = (start: number) => Array.from({ length: stored + added - start }, (_, at) => start + at);
  const attended = tf.tidy(() =>
    attendProjected(reference(), {
      query: tensor("query", 0, H * D),
      key: tensor("key", 0, G * D),
      value: tensor("value", 0, G * D),
      heads: H,
      mask: mask([row]),
      softCap,
      bias: bias && { ...bias, queryPositions: [range(0)], keyPositions: [range(0)] },
    }),
  );
  return [...(await readOut(attended))].slice(stored * H * D);
}

/** The same over pages: the step's positions of some rows, after others came and went. */
async function paged(
  kernel: AttentionKernel,
  rows: readonly number[],
  { mask, bias, softCap }: Case,
  disturbed: boolean,
): Promise<number[]> {
  const storage = new KeyValuePages(1);
  const write = (held: PageRows, start: readonly number[], added: readonly number[]): PageRows => {
    const extended = storage.extend(held, added);
    tf.tidy(() => {
      const all = (name: string): Tensor2D =>
        tf.tensor2d(
          rows.flatMap((row, at) =>
            vectors({ name, row, start: start[at]!, end: start[at]! + added[at]!, width: G * D }),
          ),
          [added.reduce((sum, count) => sum + count, 0), G * D],
        );
      storage.write(0, { key: all("key"), value: all("value") }, extended.runs);
    });
    return extended.rows;
  };
  const [stored, added] = [rows.map((row) => lengths[row] as number), rows.map((row) => counts[row] as number)];
  const zeros = rows.map(() => 0);
  let held = write(storage.emptyRows(rows.length), zeros, stored);
  if (disturbed) {
    // Other rows share the pages and go on first.
    const forked = storage.share(
      held,
      rows.map((_, at) => at),
    );
    const gone = write(
      held,
      stored,
      rows.map(() => 1),
    );
    storage.release(gone);
    held = forked;
  }
  held = write(held, stored, added);
  try {
    const attended = tf.tidy(() => {
      const total = added.reduce((sum, count) => sum + count, 0);
      const queries = {
        rows: Int32Array.from(rows.flatMap((_, at) => Array.from({ length: added[at]! }, () => at))),
        positions: Int32Array.from(
          rows.flatMap((_, at) => Array.from({ length: added[at]! }, (_, i) => stored[at]! + i)),
        ),
      };
      const query = tf.tensor3d(
        rows.flatMap((row, at) =>
          vectors({ name: "query", row, start: stored[at]!, end: stored[at]! + added[at]!, width: H * D }),
        ),
        [1, total, H * D],
      );
      const reading = new PageReading({ storage, rows: held, queries, mask: mask(rows) });
      return attendPages(kernel, { query, ...storage.read(0), heads: H, reading, bias, softCap });
    });
    return [...(await readOut(attended))];
  } finally {
    storage.dispose();
  }
}

/** @throws {Error} if attention over pages is not attention over rows, or depends on what else is read. */
export const checkPages: KernelCheck = async ({ kernel, tolerance }) => {
  for (const [name, one] of Object.entries(cases)) {
    if (kernel.supports({ softCap: one.softCap !== undefined }) !== true) continue;
    const all = [0, 1, 2];
    const together = await paged(kernel, all, one, false);
    const wanted = (await Promise.all(all.map((row) => expected(row, one)))).flat();
    const worst = Math.max(
      ...wanted.map((value, at) => Math.abs(value - (together[at] ?? Number.NaN)) / (1 + Math.abs(value))),
    );
    if (together.length !== wanted.length || !(worst <= tolerance.outputs)) {
      throw new Error(`${name}: over pages ${kernel.name} is up to ${worst} away from the reference over rows`);
    }
    const others: Readonly<Record<string, number[]>> = {
      alone: [...(await paged(kernel, [0], one, false)), ...(await paged(kernel, [1], one, false))],
      "after a fork": await paged(kernel, all, one, true),
    };
    for (const [how, values] of Object.entries(others)) {
      if (values.length === together.length && values.every((value, at) => Object.is(value, together[at]))) continue;
      throw new Error(`${name}: over pages ${kernel.name} gives a row other bits ${how} than in company`);
    }
  }
  return "checked";
};
