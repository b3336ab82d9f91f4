import { colourNames, colourOf } from "./palette.ts";

/** One fewer than colours, so that a seventh line has a pair of its own. */
const shapes = [
  { name: "circle", character: "●" },
  { name: "square", character: "■" },
  { name: "triangle-up", character: "▲" },
  { name: "diamond", character: "◆" },
  { name: "cross", character: "✚" },
] as const;

/** The mark that tells a line from others: for colour-blind eyes by a shape too. */
export interface Mark {
  readonly colour: string;
  /** In words: `"blue"`. */
  readonly colourName: string;
  readonly shape: string;
  readonly character: string;
}

/** The mark of that number; thirty are different. */
export function markOf(index: number): Mark {
  const { name, character } = shapes[index % shapes.length] as (typeof shapes)[number];
  return {
    colour: colourOf(index),
    colourName: colourNames[index % colourNames.length] as string,
    shape: name,
    character,
  };
}

/** Marks by name, so that what has a name looks the same in every picture. */
export type Marks = ReadonlyMap<string, Mark>;

/** @example marksOf(["causal", "prefix"]).get("prefix")?.character // => "■" */
export const marksOf = (names: readonly string[]): Marks =>
  new Map([...new Set(names)].map((name, index) => [name, markOf(index)]));

/** Vega's scales of colour and shape, without legends: the page has one for several pictures. */
export function markScales(field: string, names: readonly string[], marks: Marks) {
  const found = names.map((name, index) => marks.get(name) ?? markOf(index));
  const by = { field, type: "nominal", legend: null } as const;
  return {
    color: { ...by, scale: { domain: [...names], range: found.map(({ colour }) => colour) } },
    shape: { ...by, scale: { domain: [...names], range: found.map(({ shape }) => shape) } },
  };
}
