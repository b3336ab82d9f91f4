import { causal, custom, or, parseMask, prefix } from "@trivium/masks";
import { expect, test } from "vitest";
import { readAddress, readState } from "../address/address.ts";
import { maskFields } from "../address/mask-fields.ts";
import { cellsOf } from "../mask/cells.ts";
import { maskAddress } from "./mask-address.ts";

const stateOf = (address: string) => readState(maskFields, readAddress(address));

test("the address of a mask has its algebra, its size, its blocks and its row", () => {
  const mask = or(prefix({ lengths: [2, 3] }), causal());
  const address = maskAddress({ mask, queries: 12, keys: 16, block: 4, row: 1 });
  expect(address).toBe("#/mask?m=prefix([2,3])+|+causal&q=12&k=16&r=1&b=4");
  expect(stateOf(address)).toMatchObject({ problems: [], state: { q: 12, k: 16, b: 4, r: 1 } });
  expect(maskAddress({ mask: causal(), queries: 8, keys: 8, block: 3 })).toBe("#/mask?m=causal");
});

test("a mask that the page does not have is shown as the cells that it shows", () => {
  const mask = custom("diagonal", (_b, _h, q, k) => q === k);
  const { state } = stateOf(maskAddress({ mask, queries: 5, keys: 5 }));
  expect(state.m).toEqual(cellsOf(parseMask("causal & !causal(-1)"), { queries: 5, keys: 5 }));
});
