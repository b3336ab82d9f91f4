import fc from "fast-check";
import { expect, test } from "vitest";
import { readAddress, readState, writeAddress } from "./address.ts";
import { screens } from "./screens.ts";

const names = Object.keys(screens) as (keyof typeof screens)[];

/** States of a screen, each value made by reading texts that may spell one. */
const texts = fc.oneof(
  fc.constantFrom(
    "two",
    "one",
    "causal",
    "full & window(2)",
    "~1.2.AAEB",
    "words",
    "yes",
    "0",
    "0011",
    "own",
    "shared",
  ),
  fc.constantFrom("reverse", "copy", "flops", "seconds", "half", "0.01", "16", "64"),
  fc.nat(300).map(String),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);

const addresses = fc
  .constantFrom(...names)
  .chain((screen) =>
    fc.record({ screen: fc.constant(screen), values: fc.array(texts, { minLength: 40, maxLength: 40 }) }),
  );

test("a state comes back from its address, for 200 random states", () => {
  const check = fc.property(addresses, ({ screen, values }) => {
    const fields = screens[screen];
    const parameters = new Map(Object.keys(fields).map((name, at) => [name, values[at] ?? ""]));
    const { state } = readState(fields, { parameters, broken: [] });
    const address = writeAddress(screen, fields, state);
    const read = readAddress(address);
    expect(read.screen).toBe(screen);
    expect(readState(fields, read)).toEqual({ state, problems: [] });
    expect(writeAddress(screen, fields, readState(fields, read).state)).toBe(address);
  });
  fc.assert(check, { numRuns: 200 });
});

test("10,000 mutated addresses are read without an error, and what they say is a state", () => {
  const base = "#/mask?m=(prefix(4)+|+causal)+%26+window(2)&q=12&c=~8.8.AAEBAQ&w=0011&t=d%C3%A9j%C3%A0&l=yes";
  const mutated = fc.tuple(
    fc.nat(base.length),
    fc.nat(6),
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.constantFrom(...names),
  );
  const check = fc.property(mutated, ([at, cut, inserted, screen]) => {
    const read = readAddress(base.slice(0, at) + inserted + base.slice(at + cut));
    const { state, problems } = readState(screens[screen], read);
    const isWhole = Object.keys(screens[screen]).every((name) => state[name as keyof typeof state] !== undefined);
    return isWhole && problems.length <= read.parameters.size + read.broken.length;
  });
  fc.assert(check, { numRuns: 10_000 });
});

test("defaults are left out, and the algebra stays readable", () => {
  const { state } = readState(screens.mask, { parameters: new Map([["m", "causal | prefix(2)"]]), broken: [] });
  expect(writeAddress("mask", screens.mask, state)).toBe("#/mask?m=causal+|+prefix(2)");
});

test("what an address says and the page does not know is named", () => {
  const read = readAddress("#/mask?q=0&zoom=3&t=%E0%A4%A&m=full");
  const { state, problems } = readState(screens.mask, read);
  expect(problems.toSorted()).toEqual(["q", "t", "zoom"]);
  expect([state.q, state.m]).toEqual([8, "full"]);
});
