import fc from "fast-check";
import type { Mask, MaskSpec, PerPosition } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { maskFromJson } from "../writing/json.ts";

/** A primitive of the tests' own, without `classify`: blocks must be looked at. */
export const stride = mask(
  "stride",
  ({ step, from = 0 }: { step: number; from?: number }) => ({
    visible: (_b, _h, q, k) => (q - k - from) % step === 0,
  }),
  { description: "Every step-th key.", parameters: ["step", "from?"] },
);

/** Any mask for `rows` batch rows (null: the same for all), from a spec tree of at most `depth` combinators. */
export function arbitraryMask({ rows, depth }: { rows: number | null; depth: number }): fc.Arbitrary<Mask> {
  return arbitrarySpec(rows, depth).map((spec) => maskFromJson(spec, { plugins: [stride] }));
}

const idsLength = 13;
const listOfIds = (least: number, most: number) =>
  fc.array(fc.integer({ min: least, max: most }), { minLength: idsLength, maxLength: idsLength });

function perRow<T>(rows: number | null, one: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> {
  return rows === null ? one : fc.oneof(one, fc.array(one, { minLength: rows, maxLength: rows }));
}

function arbitrarySpec(rows: number | null, depth: number): fc.Arbitrary<MaskSpec> {
  const leaf = arbitraryLeaf(rows);
  if (depth === 0) return leaf;
  const child = fc.oneof(
    { weight: 1, arbitrary: leaf },
    { weight: 2, arbitrary: fc.constant(null).chain(() => arbitrarySpec(rows, depth - 1)) },
  );
  const positions = perRow(rows, listOfIds(-1, 9));
  return fc.oneof(
    leaf,
    fc.record({ type: fc.constantFrom("and", "or"), children: fc.array(child, { minLength: 2, maxLength: 3 }) }),
    fc.record({ type: fc.constant("not"), children: fc.tuple(child) }),
    arbitraryPacked(rows, depth),
    fc.record({
      type: fc.constant("positioned"),
      options: fc.record({ queries: positions, keys: positions }),
      children: fc.tuple(child),
    }),
  );
}

function arbitraryLeaf(rows: number | null): fc.Arbitrary<MaskSpec> {
  const lengths = perRow(rows, fc.integer({ min: 0, max: 15 }));
  const ids = perRow(rows, listOfIds(-1, 2));
  const side = fc.integer({ min: 0, max: 5 });
  const of = (type: string, options: fc.Arbitrary<object>) =>
    options.map((given): MaskSpec => ({ type, options: { ...given } }));
  return fc.oneof(
    fc.constant<MaskSpec>({ type: "full" }),
    of("causal", fc.record({ offset: fc.integer({ min: -6, max: 6 }) })),
    of("prefix", fc.record({ lengths })),
    of("padding", fc.record({ lengths })),
    of("window", fc.record({ left: side, right: side })),
    of("documents", fc.record({ ids, keyIds: ids }, { requiredKeys: ["ids"] })),
    of("stride", fc.record({ step: fc.integer({ min: 1, max: 4 }), from: fc.integer({ min: 0, max: 3 }) })),
  );
}

function arbitraryPacked(rows: number | null, depth: number): fc.Arbitrary<MaskSpec> {
  const ids = perRow(
    rows,
    listOfIds(-1, 2).map((list) => list.sort()),
  ) as fc.Arbitrary<PerPosition>;
  return ids.chain((given) => {
    const lists = (typeof given[0] === "number" ? [given] : given) as number[][];
    const documents = lists.reduce((sum, list) => sum + new Set(list.filter((id) => id >= 0)).size, 0);
    return fc.record({
      type: fc.constant("packed"),
      options: fc.constant({ ids: given }),
      children: fc.tuple(
        fc.constantFrom(null, documents || null).chain((innerRows) => arbitrarySpec(innerRows, depth - 1)),
      ),
    });
  });
}
