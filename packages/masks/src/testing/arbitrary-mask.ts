import fc from "fast-check";
import { type Mask, type MaskSpec, mask, type PerPosition } from "../mask.ts";
import { custom } from "../primitives/custom.ts";
import { maskFromJson } from "../writing/json.ts";

/** A mask of the tests' own, without `classify`: blocks must be looked at. */
export const stride = mask(
  "stride",
  ({ step, from = 0 }: { step: number; from?: number }) =>
    custom("stride", (_b, _h, q, k) => (q - k - from) % step === 0, { options: { step, from } }),
  { description: "Every step-th key.", parameters: ["step", "from"] },
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
  const masks = fc.array(child, { minLength: 2, maxLength: 3 });
  return fc.oneof(
    leaf,
    fc.record({ type: fc.constant("and" as const), masks }),
    fc.record({ type: fc.constant("or" as const), masks }),
    fc.record({ type: fc.constant("not" as const), mask: child }),
    arbitraryPacked(rows, depth),
    fc.record({
      type: fc.constant("positioned" as const),
      inner: child,
      queries: perRow(rows, listOfIds(-1, 9)) as fc.Arbitrary<PerPosition>,
      keys: perRow(rows, listOfIds(-1, 9)) as fc.Arbitrary<PerPosition>,
    }),
  );
}

function arbitraryLeaf(rows: number | null): fc.Arbitrary<MaskSpec> {
  const lengths = perRow(rows, fc.integer({ min: 0, max: 15 }));
  const ids = perRow(rows, listOfIds(-1, 2)) as fc.Arbitrary<PerPosition>;
  const side = fc.integer({ min: 0, max: 5 });
  return fc.oneof(
    fc.constant<MaskSpec>({ type: "full" }),
    fc.record({ type: fc.constant("causal" as const), offset: fc.integer({ min: -6, max: 6 }) }),
    fc.record({ type: fc.constantFrom("prefix" as const, "padding" as const), lengths }),
    fc.record({ type: fc.constant("window" as const), left: side, right: side }),
    fc.record({ type: fc.constant("documents" as const), ids, keyIds: ids }, { requiredKeys: ["type", "ids"] }),
    fc
      .record({ step: fc.integer({ min: 1, max: 4 }), from: fc.integer({ min: 0, max: 3 }) })
      .map((options): MaskSpec => ({ type: "custom", name: "stride", options })),
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
      type: fc.constant("packed" as const),
      inner: fc.constantFrom(null, documents || null).chain((innerRows) => arbitrarySpec(innerRows, depth - 1)),
      ids: fc.constant(given),
    });
  });
}
