/** Pairs of colours, for a light and a dark ground; after Wong 2011, darkened or lightened until each stands out 3 : 1. */
/** @source Wong 2011, "Points of view: Color blindness", https://doi.org/10.1038/nmeth.1618 */
const series = [
  ["#0072b2", "#4fb0e8"],
  ["#b36b00", "#f0b03a"],
  ["#00805c", "#3fd0a4"],
  ["#a9478f", "#e69ccb"],
  ["#c8401a", "#ff8f66"],
  ["#59636e", "#b6c0ca"],
] as const;

export type Theme = "light" | "dark";

/** Ground and ink of each theme, and what belongs to them. */
const themes = {
  light: { ground: "#ffffff", ink: "#1b1f24", muted: "#59636e", link: "#0b5cad", line: "#d0d7de", soft: "#f4f6f8" },
  dark: { ground: "#14171b", ink: "#e6e9ed", muted: "#a5afba", link: "#7fb8f2", line: "#3b434c", soft: "#1e2329" },
} as const;

/** The names of the colours. */
export const colourNames = ["blue", "orange", "green", "purple", "red", "grey"] as const;

/** The colour of that number, as the theme has it. */
export const colourOf = (index: number): string => `var(--series-${index % series.length})`;

/** All colours of a theme by the names of their CSS variables. */
export function coloursOf(theme: Theme): Record<string, string> {
  const drawn = series.map((pair, index) => [`series-${index}`, pair[theme === "light" ? 0 : 1]] as const);
  return { ...themes[theme], ...Object.fromEntries(drawn) };
}

const declarations = (theme: Theme): string =>
  Object.entries(coloursOf(theme))
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");

/** The variables on an element: the reader's theme on a screen, the light one on paper. */
export const themeStyle = (selector: string): string =>
  `${selector}{${declarations("light")}}
@media screen and (prefers-color-scheme:dark){${selector}{${declarations("dark")}}}`;
