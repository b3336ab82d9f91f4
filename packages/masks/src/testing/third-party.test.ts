import { createRegistry } from "@trivium/registry";
import { expect, test } from "vitest";
import { packed } from "../algebra/packed.ts";
import type { Range } from "../mask.ts";
import { mask } from "../mask-plugin.ts";
import { maskPlugins } from "../plugins.ts";
import { causal } from "../primitives/causal.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { sameMask } from "../same-mask.ts";
import { maskFromJson, maskToJson } from "../writing/json.ts";
import { parseMask } from "../writing/parse-mask.ts";
import { printMask } from "../writing/print-mask.ts";
import { describeMask } from "./describe-mask.ts";
import { matrixRows } from "./matrix-rows.ts";

const moved = ({ start, end }: Range, by: number): Range => ({ start: start + by, end: end + by });

/** A combinator with options, and a way of its own to intervals. */
const shifted = mask(
  "shifted",
  ({ by, queries = 0 }: { by: number; queries?: number }, [inner]) => ({
    visible: (b, h, q, k) => inner.visible(b, h, q + queries, k + by),
    classify: (b, h, q, k) => inner.classify(b, h, moved(q, queries), moved(k, by)),
  }),
  { description: "A mask whose keys and queries are moved.", parameters: ["by", "queries?"], children: 1 },
);

const verdicts = { all: { all: "none", none: "all" }, none: { all: "all", none: "none" } } as const;

/** A combinator of two masks with an operator, which binds between `&` and `|`. */
const xor = mask(
  "xor",
  (_options, [one, other]) => ({
    visible: (b, h, q, k) => one.visible(b, h, q, k) !== other.visible(b, h, q, k),
    classify(b, h, q, k) {
      const [first, second] = [one.classify(b, h, q, k), other.classify(b, h, q, k)];
      return first === "some" || second === "some" ? "some" : verdicts[first][second];
    },
  }),
  { description: "The keys that one of two masks shows.", children: 2, text: { operator: "^", binding: 1.5 } },
);

const firstOfDocument = mask(
  "first-of-document",
  ({ starts }: { starts: readonly number[] }) => ({
    visible: (_b, _h, q, k) => starts[k] === 1 && k <= q,
    intervals: () => null,
  }),
  { description: "The first tokens of documents.", parameters: ["starts"], text: "lists" },
);

const plugins = [shifted, xor, firstOfDocument];

describeMask("shifted", (inner) => shifted.create({ by: 3, queries: 1 }, [inner]), { plugins, children: 1 });
describeMask("xor", (one, other) => xor.create({}, [one, other]), { plugins, children: 2 });
describeMask("first-of-document", () => firstOfDocument.create({ starts: [1, 0, 0, 1, 0] }), { plugins });

test.each([
  ["shifted(causal; 1)", shifted.create({ by: 1 }, [causal()])],
  ["shifted(causal & !window(1); 1,2)"],
  ["causal ^ window(2)", xor.create({}, [causal(), window({ left: 2 })])],
  ["full | causal & full ^ window(1)"],
  ["(full | causal) ^ full"],
  ["(full ^ causal) & full"],
  ["packed(shifted(causal; 1); 0,0,1)", packed(shifted.create({ by: 1 }, [causal()]), [0, 0, 1])],
  ["first-of-document(1,0,1)", firstOfDocument.create({ starts: [1, 0, 1] })],
])("%s parses, prints and goes through JSON", (text, made?) => {
  const parsed = parseMask(text, { plugins });
  expect(printMask(parsed, { plugins })).toBe(text);
  const again = maskFromJson(JSON.parse(JSON.stringify(maskToJson(parsed, { plugins }))), { plugins });
  expect(again.spec).toEqual(parsed.spec);
  expect(matrixRows(again, 5)).toEqual(matrixRows(parsed, 5));
  if (made) expect(sameMask(made, parsed)).toBe(true);
});

test("operators bind in the order that their plugins say", () => {
  const spec = parseMask("full | causal & full ^ window(1)", { plugins }).spec;
  expect([spec.type, spec.children?.map(({ type }) => type)]).toEqual(["or", ["full", "xor"]]);
});

test("a mask without its plugin is printed by name, and parses with it", () => {
  const own = parseMask("shifted(causal ^ full; 1)", { plugins });
  expect(printMask(own)).toBe("shifted(xor(causal, full); by=1)");
  expect(parseMask(printMask(own), { plugins }).spec).toEqual(own.spec);
});

test("a combinator has the rows and heads of its children, and refuses others", () => {
  const byRow = prefix({ lengths: [1, 2] });
  expect(xor.create({}, [byRow, causal()]).rows).toBe(2);
  expect(() => xor.create({}, [byRow, prefix({ lengths: [1, 2, 3] })])).toThrow("prefix has 3, one before it has 2");
  expect(() => shifted.create({ by: 1 }).rows).toThrow("shifted combines 1 mask, got 0");
  expect(() => parseMask("causal ^ full ^ full", { plugins })).toThrow("xor combines 2 masks, got 3");
});

test("the operator of another mask is refused, and so is its name", () => {
  const other = mask("other", (_options, [inner]) => inner, { children: 1, text: { operator: "^", binding: 4 } });
  expect(() => parseMask("full", { plugins: [...plugins, other] })).toThrow('two masks have the operator "^"');
  const named = mask("causal", () => causal());
  expect(() => parseMask("full", { plugins: [named] })).toThrow('two plugins of kind "mask" are named "causal"');
});

test("a registry serves as plugins", () => {
  const registry = createRegistry([...maskPlugins, ...plugins]);
  expect(parseMask("shifted(full; by=1)", { plugins: registry }).spec.type).toBe("shifted");
});
