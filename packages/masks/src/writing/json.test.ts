import { TriviumError } from "@trivium/core";
import { createRegistry } from "@trivium/registry";
import fc from "fast-check";
import { expect, test } from "vitest";
import { or } from "../algebra/or.ts";
import { mask as maskKind } from "../mask.ts";
import { maskPlugins } from "../plugins.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { arbitraryMask, stride } from "../testing/arbitrary-mask.ts";
import { matrixRows } from "../testing/matrix-rows.ts";
import { maskFromJson, maskToJson } from "./json.ts";

test("JSON gives back the same spec and the same pairs, on random specs", () => {
  const any = fc.constantFrom(null, 2).chain((rows) => arbitraryMask({ rows, depth: 3 }));
  fc.assert(
    fc.property(any, (mask) => {
      const plugins = [stride];
      const again = maskFromJson(JSON.parse(JSON.stringify(maskToJson(mask, { plugins }))), { plugins });
      expect(again.spec).toEqual(mask.spec);
      expect([again.rows, again.heads]).toEqual([mask.rows, mask.heads]);
      expect(matrixRows(again, 15, 15, (mask.rows ?? 1) - 1)).toEqual(matrixRows(mask, 15, 15, (mask.rows ?? 1) - 1));
    }),
    { numRuns: 300 },
  );
});

test("custom masks are resolved through a registry, which may hold other kinds and our own masks too", () => {
  const other = { kind: "architecture", name: "stride", description: "", create: () => 0 } as const;
  const registry = createRegistry([...maskPlugins, stride, other]);
  const spec = { type: "custom", name: "stride", options: { step: 2 } };
  expect(matrixRows(maskFromJson(spec, { plugins: registry }), 3)).toEqual(["x.x", ".x.", "x.x"]);
});

test("a custom mask that no plugin makes, or with options that JSON loses, cannot be written", () => {
  const own = or(
    causal(),
    custom("own", () => true),
  );
  expect(codeOf(() => maskToJson(own))).toBe("masks/not-serialisable");
  expect(() => maskToJson(own)).toThrow('"own" cannot be written: no mask plugin of that name was given; pass it in');
  const plugin = maskKind("own", () => own);
  for (const lost of [Number.NaN, new Date(0), new Map([[1, 2]]), () => 1, [1n]]) {
    const mask = custom("own", () => true, { options: { lost } });
    expect(() => maskToJson(mask, { plugins: [plugin] })).toThrow("its options are not plain JSON");
  }
});

test("a plugin's schema is asked before it is called", () => {
  const validate = () => ({ issues: [{ message: "expected a number", path: ["step"] }] });
  const strict = { ...stride, schema: { "~standard": { version: 1, vendor: "test", validate } } } as const;
  const read = () => maskFromJson({ type: "custom", name: "stride", options: {} }, { plugins: [strict] });
  expect(read).toThrow('mask "stride": step: expected a number');
});

const wrong: readonly [json: unknown, message: string][] = [
  [null, "mask: a mask has a type, one of full, causal"],
  [{ type: "casual", offset: 0 }, 'got "casual"; did you mean "causal"?'],
  [{ type: "causal" }, 'mask: causal needs the field "offset"'],
  [{ type: "causal", ofset: 1, offset: 0 }, 'mask: causal has no field "ofset"; its fields are type, offset'],
  [
    { type: "not", mask: { type: "prefix", lengths: -1 } },
    "mask.mask: lengths should be an integer of at least 0, got -1",
  ],
  [
    { type: "or", masks: [{ type: "full" }, { type: "window", left: 1 }] },
    'mask.masks[1]: window needs the field "right"',
  ],
  [{ type: "and", masks: 3 }, 'mask: "masks" should be a list, got 3'],
  [{ type: "packed", inner: { type: "full" }, ids: [0.5] }, "mask: ids[0] should be an integer, got 0.5"],
];

test.each(wrong)("wrong JSON names its place: %j", (json, message) => {
  expect(() => maskFromJson(json)).toThrow(message);
  expect(codeOf(() => maskFromJson(json))).toBe("masks/json");
});

test("an unknown custom mask says which masks there are", () => {
  const read = () => maskFromJson({ type: "custom", name: "strid" }, { plugins: [stride] });
  expect(read).toThrow('there is no mask "strid"; did you mean "stride"?');
  expect(codeOf(read)).toBe("registry/unknown-name");
});

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return TriviumError.is(error) ? error.code : undefined;
  }
  return undefined;
}
