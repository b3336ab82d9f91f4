import { TriviumError } from "@trivium/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { and } from "../algebra/and.ts";
import { not } from "../algebra/not.ts";
import { or } from "../algebra/or.ts";
import { packed } from "../algebra/packed.ts";
import { positioned } from "../algebra/positioned.ts";
import type { Mask } from "../mask.ts";
import { causal } from "../primitives/causal.ts";
import { custom } from "../primitives/custom.ts";
import { dense } from "../primitives/dense.ts";
import { documents } from "../primitives/documents.ts";
import { full } from "../primitives/full.ts";
import { padding } from "../primitives/padding.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { arbitraryMask, stride } from "../testing/arbitrary-mask.ts";
import { matrixRows } from "../testing/matrix-rows.ts";
import { parseMask } from "./parse-mask.ts";
import { printMask } from "./print-mask.ts";

const same: readonly [text: string, mask: Mask][] = [
  ["full", full()],
  ["full()", full()],
  ["causal", causal()],
  ["causal(-2)", causal({ offset: -2 })],
  ["causal(offset=3)", causal({ offset: 3 })],
  ["prefix(3) | causal", or(prefix({ lengths: 3 }), causal())],
  ["prefix([3,4])", prefix({ lengths: [3, 4] })],
  ["padding( 5 )", padding({ lengths: 5 })],
  ["window(2)", window({ left: 2, right: 0 })],
  ["window(2,1)", window({ left: 2, right: 1 })],
  ["window(right=1, left=2)", window({ left: 2, right: 1 })],
  ["documents(0,0,1)", documents({ ids: [0, 0, 1] })],
  [
    "documents([0,0],[0,-1])",
    documents({
      ids: [
        [0, 0],
        [0, -1],
      ],
    }),
  ],
  ["documents(0,1; 0,0,1)", documents({ ids: [0, 1], keyIds: [0, 0, 1] })],
  [
    "(prefix(4)|causal) & documents(0,0,0,1,1)",
    and(or(prefix({ lengths: 4 }), causal()), documents({ ids: [0, 0, 0, 1, 1] })),
  ],
  ["full | causal & !window(1)", or(full(), and(causal(), not(window({ left: 1 }))))],
  ["!full & causal", and(not(full()), causal())],
  ["!(full & causal)", not(and(full(), causal()))],
  ["!!causal", not(not(causal()))],
  ["causal | full | window(1)", or(causal(), full(), window({ left: 1 }))],
  ["causal | (full | window(1))", or(causal(), or(full(), window({ left: 1 })))],
  ["packed(prefix([2,1]) | causal; 0,0,1)", packed(or(prefix({ lengths: [2, 1] }), causal()), [0, 0, 1])],
  ["packed(full; 0,1; 0,1,1)", packed(full(), [0, 1], [0, 1, 1])],
  ["packed(full; ids=[0,1]; keyIds=[0,1,1])", packed(full(), [0, 1], [0, 1, 1])],
  ["documents(ids=[])", documents({ ids: [] })],
  ["and(full, causal)", and(full(), causal())],
  ["not(full & causal)", not(and(full(), causal()))],
  ["positioned(causal; [-1,0]; [-1,0])", positioned(causal(), { queries: [[-1, 0]], keys: [[-1, 0]] })],
];

test.each(same)("%s", (text, mask) => {
  expect(parseMask(text).spec).toEqual(mask.spec);
  expect(parseMask(printMask(mask)).spec).toEqual(mask.spec);
});

test("what is printed parses to the same spec, on random specs", () => {
  const any = fc.constantFrom(null, 2).chain((rows) => arbitraryMask({ rows, depth: 3 }));
  const check = fc.property(any, (mask) => {
    const plugins = [stride];
    expect(parseMask(printMask(mask, { plugins }), { plugins }).spec).toEqual(mask.spec);
    expect(parseMask(printMask(mask), { plugins }).spec).toEqual(mask.spec);
  });
  fc.assert(check, { numRuns: 300 });
});

test("printing writes the shortest form with the parentheses that are needed", () => {
  expect(printMask(and(or(prefix({ lengths: 4 }), causal({ offset: 0 })), window({ left: 1, right: 0 })))).toBe(
    "(prefix(4) | causal) & window(1)",
  );
  expect(printMask(or(and(full(), causal()), not(and(full(), causal()))))).toBe("full & causal | !(full & causal)");
});

test("a mask of the user's is called by name, with named options or by place", () => {
  const plugins = [stride];
  expect(matrixRows(parseMask("stride(2)", { plugins }), 3)).toEqual(["x.x", ".x.", "x.x"]);
  expect(parseMask("stride(step=2, from=1)", { plugins }).spec).toEqual(parseMask("stride(2,1)", { plugins }).spec);
  const own = parseMask("stride(from=1, step=2) & causal", { plugins });
  expect(printMask(own, { plugins })).toBe("stride(2,1) & causal");
  expect(printMask(own)).toBe("stride(from=1,step=2) & causal");
});

test("a dense mask has a text as well", () => {
  const mask = dense({ values: [1, 0], shape: [1, 1, 1, 2], ones: "visible" });
  expect(parseMask(printMask(mask)).spec).toEqual(mask.spec);
});

test("options that are no flat record cannot be printed", () => {
  const nested = custom("own", () => true, { options: { deep: { a: 1 } } });
  expect(() => printMask(nested)).toThrow(
    'the options of the mask "own" cannot be written as text (deep); use maskToJson',
  );
});

const wrong: readonly [text: string, column: number, message: string][] = [
  ["", 1, 'expected a mask, "!" or "(", got the end'],
  ["prefix(3) | ", 13, 'expected a mask, "!" or "(", got the end'],
  ["casual", 1, 'expected a mask, got "casual"; did you mean "causal"? There are: full, causal'],
  ["full & prefx(3)", 8, 'expected a mask, got "prefx"; did you mean "prefix"?'],
  ["causal causal", 8, 'expected "&", "|" or the end, got "causal"'],
  ["(causal", 8, 'expected "&", "|" or ")", got the end'],
  ["causal)", 7, 'expected "&", "|" or the end, got ")"'],
  ["prefix(3", 9, 'expected "," or ")", got the end'],
  ["prefix(x)", 8, 'expected a number or "[", got "x"'],
  ["prefix(3,4)", 10, 'expected ")": prefix takes only lengths'],
  ["full(1)", 6, 'expected ")": full takes no options'],
  ["window(1, left=2)", 11, 'window was already given "left"'],
  ["full & prefix(-1)", 8, "lengths should be an integer of at least 0, got -1"],
  ["full | prefix", 8, 'prefix needs the option "lengths"'],
  ["prefix(2.5)", 1, "lengths should be an integer of at least 0, got 2.5"],
  ["documents", 1, 'documents needs the option "ids"'],
  ["documents(0,[1])", 1, "ids[1] should be an integer, got [1]"],
  ["packed(causal)", 1, 'packed needs the option "ids"'],
  ["packed(causal 0,0)", 15, 'expected "&", "|", ",", ";" or ")", got "0"'],
  ["positioned(causal; 0)", 1, 'positioned needs the option "keys"'],
  ["causal ^ full", 8, 'expected a name, a number or one of ! & | ( ) [ ] , ; = but got "^"'],
  ["full & (prefix([1,2]) | padding([1,2,3]))", 9, "padding has 3, one before it has 2"],
];

test.each(wrong)("%j: the error at column %i says what was expected", (text, column, message) => {
  try {
    parseMask(text);
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "masks/text")).toBe(true);
    expect((error as TriviumError).details.column).toBe(column);
    expect((error as Error).message).toContain(`column ${column} of ${JSON.stringify(text)}: `);
    expect((error as Error).message).toContain(message);
  }
});
