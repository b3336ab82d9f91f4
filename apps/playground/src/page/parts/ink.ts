import { colours } from "../preferences.ts";

/** Colours and the font of a drawing. */
export interface Ink {
  readonly paper: string;
  readonly cell: string;
  readonly onCell: string;
  readonly rule: string;
  readonly text: string;
  readonly mark: string;
  readonly select: string;
  readonly font: string;
}

/**
 * Returns a colour of the page, by its custom property without the dashes, as a canvas takes it: which of two colours
 * `light-dark()` means is decided where it is used.
 */
export function colourOf(name: string): string {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

let known: { readonly of: number; readonly ink: Ink } | undefined;

/** Returns the colours of the page, which are read anew when they change. */
export function inkOfPage(): Ink {
  const of = colours.peek();
  if (known?.of !== of) known = { of, ink: readInk() };
  return known.ink;
}

const readInk = (): Ink => ({
  paper: colourOf("paper"),
  cell: colourOf("cell"),
  onCell: colourOf("on-cell"),
  rule: colourOf("rule"),
  text: colourOf("quiet"),
  mark: colourOf("mark"),
  select: colourOf("select"),
  font: getComputedStyle(document.documentElement).getPropertyValue("--mono").trim(),
});
