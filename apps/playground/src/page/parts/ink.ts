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
 * Returns colours of the page by their custom properties without the dashes, as a canvas takes them: which of two colours
 * `light-dark()` means is decided where it is used. They are read together, since each reading computes the page's styles.
 */
export function coloursOf<const Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const probes = names.map((name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    return [name, probe] as const;
  });
  const holder = document.createElement("span");
  holder.hidden = true;
  holder.style.forcedColorAdjust = "none";
  holder.append(...probes.map(([, probe]) => probe));
  document.body.append(holder);
  const read = probes.map(([name, probe]) => [name, getComputedStyle(probe).color]);
  holder.remove();
  return Object.fromEntries(read) as Record<Name, string>;
}

let known: { readonly of: number; readonly ink: Ink } | undefined;

/** Returns the colours of the page, which are read anew when they change. */
export function inkOfPage(): Ink {
  const of = colours.peek();
  if (known?.of !== of) known = { of, ink: readInk() };
  return known.ink;
}

function readInk(): Ink {
  const colours = coloursOf(["paper", "cell", "on-cell", "rule", "quiet", "mark", "select"]);
  const font = getComputedStyle(document.documentElement).getPropertyValue("--mono").trim();
  return { ...colours, onCell: colours["on-cell"], text: colours.quiet, font };
}
