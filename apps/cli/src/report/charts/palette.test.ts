import { expect, test } from "vitest";
import { coloursOf, type Theme } from "./palette.ts";

/** @source WCAG 2.2, relative luminance and contrast ratio, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test.each(["light", "dark"] as Theme[])("%s: text stands out 4.5 : 1, and what is drawn 3 : 1", (theme) => {
  const { ground = "", soft = "", ...colours } = coloursOf(theme);
  for (const under of [ground, soft]) {
    for (const name of ["ink", "muted", "link"])
      expect(contrast(colours[name] ?? "", under), name).toBeGreaterThan(4.5);
  }
  const drawn = Object.entries(colours).filter(([name]) => name.startsWith("series-"));
  expect(drawn).toHaveLength(6);
  for (const [name, colour] of drawn) expect(contrast(colour, ground), name).toBeGreaterThan(3);
});
