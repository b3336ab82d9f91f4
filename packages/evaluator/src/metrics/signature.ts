import manifest from "../../package.json" with { type: "json" };
import type { Segment } from "./metric.ts";

/**
 * A signature in sacreBLEU's form. Its numbers compare with others of the same settings; the version says whose they are.
 *
 * @source Post 2018, §4, https://aclanthology.org/W18-6319
 * @example signatureOf([{ prediction: "", references: ["a", "b"] }], { case: "mixed" }) // => nrefs:2|case:mixed|version:trivium-…
 */
export function signatureOf(
  segments: readonly Segment<unknown>[],
  settings: Readonly<Record<string, unknown>>,
): string {
  const counts = new Set(segments.map(({ references }) => references.length));
  const nrefs = counts.size === 1 ? [...counts][0] : "var";
  const fields = { nrefs, ...settings, version: `trivium-${manifest.version}` };
  return Object.entries(fields)
    .map(([name, value]) => `${name}:${value}`)
    .join("|");
}
