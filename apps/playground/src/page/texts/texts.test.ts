import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readAddress, readState, writeAddress } from "../../address/address.ts";
import { screens } from "../../address/screens.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

const report: { claims: { id: string; effects: { name: string; unit: string }[] }[] } = JSON.parse(
  readFileSync(new URL("../../../../../docs/claims/report.json", import.meta.url), "utf8"),
);

test("every claim that the article shows is in Chinese, with the name and the unit of its effect", () => {
  const { statements, effects } = zh.article;
  for (const {
    id,
    effects: [effect],
  } of report.claims) {
    const said = [statements[id], effects[effect?.name ?? ""], effects[effect?.unit ?? ""]];
    for (const text of said) expect(text, id).toMatch(/\p{Script=Han}/u);
  }
});

const explained = ["mask", "train", "look", "decode"] as const;

test.each(explained)("each step through the screen %s is a state of it, the same in both languages", (screen) => {
  const links = en[screen].explain.map(({ link }) => link);
  expect(zh[screen].explain.map(({ link }) => link)).toEqual(links);
  expect(new Set(links).size).toBe(links.length);
  for (const link of links) {
    const address = link === "" ? `#/${screen}` : `#/${screen}?${link}`;
    const { state, problems } = readState(screens[screen], readAddress(address));
    expect(problems, link).toEqual([]);
    const written = readAddress(writeAddress(screen, screens[screen], state)).parameters;
    expect(Object.fromEntries(written), link).toEqual(Object.fromEntries(readAddress(address).parameters));
  }
});
