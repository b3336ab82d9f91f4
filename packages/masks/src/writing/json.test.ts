import { TriviumError } from "@trivium/core";
import { createRegistry } from "@trivium/registry";
import fc from "fast-check";
import { expect, test } from "vitest";
import { or } from "../algebra/or.ts";
import { mask as maskKind } from "../mask-plugin.ts";
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

test("masks of the user's are resolved through a registry, which may hold other kinds and our own masks too", () => {
  const other = { kind: "architecture", name: "stride", description: "", create: () => 0 } as const;
  const registry = createRegistry([...maskPlugins, stride, other]);
  const spec = { type: "stride", options: { step: 2 } };
  expect(matrixRows(maskFromJson(spec, { plugins: registry }), 3)).toEqual(["x.x", ".x.", "x.x"]);
});

test("a mask that no plugin makes cannot be written", () => {
  const own = or(
    causal(),
    custom("own", () => true),
  );
  expect(codeOf(() => maskToJson(own))).toBe("masks/not-serialisable");
  expect(() => maskToJson(own)).toThrow('"own" cannot be written: no mask plugin of that name was given; pass it in');
  expect(maskToJson(own, { plugins: [maskKind("own", () => own)] })).toBe(own.spec);
});

class Table {}

test.each([
  [Number.NaN, "options.lost[0] is NaN"],
  [new Table(), "options.lost[0] is an object of class Table"],
  [new Map([[1, 2]]), "options.lost[0] is an object of class Map"],
  [() => 1, "options.lost[0] is a function"],
  [1n, "options.lost[0] is 1"],
  [undefined, "options.lost[0] is undefined"],
])("options that JSON loses are no identity: %s", (lost, message) => {
  const make = () => custom("own", () => true, { options: { lost: [lost] } });
  expect(codeOf(make)).toBe("masks/options");
  expect(make).toThrow(`the options of the mask "own" should be plain JSON, since they are its identity; ${message}`);
});

test("options are copied: a list that is changed later does not change the mask", () => {
  const ids = [1, 2];
  const { spec } = custom("own", () => true, { options: { ids, not: undefined } });
  ids[0] = 5;
  expect(spec.options).toStrictEqual({ ids: [1, 2] });
});

test("a plugin's schema is asked before it is called", () => {
  const validate = () => ({ issues: [{ message: "expected a number", path: ["step"] }] });
  const strict = { ...stride, schema: { "~standard": { version: 1, vendor: "test", validate } } } as const;
  const read = () => maskFromJson({ type: "stride", options: { step: "2" } }, { plugins: [strict] });
  expect(read).toThrow('mask "stride": step: expected a number');
});

const wrong: readonly [json: unknown, message: string][] = [
  [null, "mask: a mask has a type, one of full, causal"],
  [{ type: "casual", options: {} }, 'got "casual"; did you mean "causal"?'],
  [{ type: "prefix" }, 'mask: prefix needs the option "lengths"'],
  [{ type: "causal", offset: 1 }, 'mask: a mask has no field "offset"; its fields are type, options, children'],
  [{ type: "causal", options: { ofset: 1 } }, 'mask: causal has no option "ofset"; its options are offset'],
  [{ type: "full", options: { offset: 1 } }, 'mask: full has no option "offset"; it has none'],
  [{ type: "full", options: [] }, 'mask: "options" should be a record, got []'],
  [
    { type: "not", children: [{ type: "prefix", options: { lengths: -1 } }] },
    "mask.children[0]: lengths should be an integer of at least 0, got -1",
  ],
  [
    { type: "or", children: [{ type: "full" }, { type: "window", options: { right: 1 } }] },
    'mask.children[1]: window needs the option "left"',
  ],
  [{ type: "and", children: 3 }, 'mask: "children" should be a list, got 3'],
  [{ type: "packed", options: { ids: [0] } }, "mask: packed combines 1 mask, got 0"],
  [
    { type: "packed", options: { ids: [0.5] }, children: [{ type: "full" }] },
    "mask: ids[0] should be an integer, got 0.5",
  ],
];

test.each(wrong)("wrong JSON names its place: %j", (json, message) => {
  expect(() => maskFromJson(json)).toThrow(message);
  expect(codeOf(() => maskFromJson(json))).toBe("masks/json");
});

test("an unknown mask says which masks there are", () => {
  const read = () => maskFromJson({ type: "strid" }, { plugins: [stride] });
  expect(read).toThrow('positioned, stride; got "strid"; did you mean "stride"?');
  expect(codeOf(read)).toBe("masks/json");
});

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return TriviumError.is(error) ? error.code : undefined;
  }
  return undefined;
}
