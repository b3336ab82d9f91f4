import { causal, labelLeaks, parseMask, printMask, visiblePairs } from "@trivium/masks";
import { expect, test } from "vitest";
import { cellsOf } from "./cells.ts";
import { maskExports } from "./export-mask.ts";
import { blocksOf, countBlocks, factsOf } from "./facts.ts";
import { differencesOf, hopsOf, leaksOf } from "./leaks.ts";
import { labelsOf, readMask, runsOf, shownText } from "./read-mask.ts";

const size = { queries: 8, keys: 8 };

test.each([
  ["casual", { column: 1, before: "", token: "casual", after: "" }],
  ["full & prefx(3) | causal", { column: 8, before: "full & ", token: "prefx", after: "(3) | causal" }],
  ["prefix(3", { column: 9, before: "prefix(3", token: "", after: "" }],
  ["causal ^ full", { column: 8, before: "causal ", token: "^", after: " full" }],
])("the error of %j stands at its token, in the parser's words", (text, place) => {
  const { error } = readMask(text, size);
  expect(error).toMatchObject(place);
  const said = (() => {
    try {
      return printMask(parseMask(text));
    } catch (thrown) {
      return (thrown as Error).message;
    }
  })();
  expect(said).toContain(error?.message);
  expect(error?.message).not.toContain("column");
});

test("an algebra and the cells painted from it are the same picture", () => {
  const read = readMask("prefix(4) | causal", size);
  const repainted = readMask(cellsOf(read.mask!, size), size);
  expect(cellsOf(repainted.mask!, size)).toEqual(cellsOf(read.mask!, size));
  expect(shownText(read.mask!, size)).toBe("prefix(4) | causal");
  expect(shownText(repainted.mask!, size)).toBe(printMask(repainted.mask!));
  const large = { queries: 30, keys: 30 };
  expect(shownText(readMask(cellsOf(causal(), large), large).mask!, large)).toBeUndefined();
});

test("facts are those of the package", () => {
  const { mask } = readMask("prefix(4) | causal", size);
  const facts = factsOf(mask!, size, { headWidth: 64, heads: 8 });
  expect(facts).toMatchObject({ pairs: visiblePairs(mask!, size), all: 64, noIntervals: undefined });
  expect(facts.forward).toBe(4 * 64 * 8 * facts.pairs);
  expect(countBlocks(blocksOf(mask!, size, 4), 0)).toEqual({ full: 2, partial: 1, empty: 1 });
  expect(factsOf(parseMask("causal & !window(1)"), { queries: 3, keys: 3 }, { headWidth: 1, heads: 1 }).pairs).toBe(1);
});

test("a planted leak is found with its way, in one stream and across two", () => {
  const { mask } = readMask("prefix(5) | causal", size);
  const settings = { layers: 2, shift: 1, weights: "00011111", copyAt: -1 };
  const [leak, ...others] = leaksOf({ tokens: mask!, length: 8 }, settings);
  expect(others).toEqual([]);
  expect(hopsOf(leak!)).toEqual([
    { attention: "tokens", from: { stream: "tokens", position: 3 }, to: { stream: "tokens", position: 4 } },
  ]);
  const lossWeights = [0, 0, 0, 1, 1, 1, 1, 1];
  expect(leaksOf({ tokens: mask!, length: 8 }, settings)).toEqual(
    labelLeaks({ streams: { tokens: 8 }, selfMask: mask!, layers: 2, shift: 1, lossWeights }),
  );
  const pair = { source: parseMask("full"), cross: parseMask("full"), target: causal(), length: 4, sourceLength: 6 };
  expect(leaksOf(pair, settings)).toEqual([]);
  const across = leaksOf(pair, { ...settings, weights: "", copyAt: 1 });
  expect(across.map(({ position, label }) => [position, label.position])).toEqual([
    [0, 2],
    [1, 3],
    [2, 4],
  ]);
  expect(hopsOf(across[0]!).map(({ attention }) => attention)).toEqual(["cross"]);
});

test("a mask is compared with the one that says what should be seen", () => {
  const found = differencesOf(parseMask("causal & prefix(2)"), parseMask("causal"), { length: 3, layers: 1 });
  expect(found).toEqual({ blind: [], trespass: [] });
  const other = differencesOf(parseMask("full"), parseMask("causal"), { length: 2, layers: 1 });
  expect(other.trespass).toEqual(["row 0: [0] sees [1]"]);
});

test("labels are characters or words of the reader's text, and positions where it ends", () => {
  expect(labelsOf("a 漢", "characters", 4)).toEqual(["a", "␣", "漢", "3"]);
  expect(labelsOf("  le chat ", "words", 3)).toEqual(["le", "chat", "2"]);
});

test("a list says the keys of each query", () => {
  const cells = cellsOf(parseMask("window(1) | prefix(1)"), { queries: 4, keys: 4 });
  expect(runsOf(cells, cells.bits)).toEqual(["0", "0–1", "0–2", "0, 2–3"]);
});

test("each export is of this mask, the program with the same pairs", async () => {
  const { mask } = readMask("packed(prefix([2,3]) | causal; 0,0,0,1,1,1,1,1)", size);
  const labels = labelsOf("", "characters", 8);
  const exported = { mask: mask!, ...size, row: 0, queryLabels: labels, keyLabels: labels, block: 4 };
  expect(maskExports.svg(exported)).toContain("of 64 pairs are visible");
  expect(maskExports.ascii(exported).split("\n")).toHaveLength(11);
  expect(readMask(printMask(mask!), size).mask?.spec).toEqual(JSON.parse(maskExports.json(exported)));
  expect(maskExports.program(exported)).toContain(JSON.stringify(printMask(mask!)));
});
