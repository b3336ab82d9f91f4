type Fields = Readonly<Record<string, unknown>>;

/**
 * Lays one recipe over another, field by field. Options of a plugin are for it alone: where another name or kind is
 * asked for, what was said of the former one goes.
 *
 * @example mergeRecipes({ steps: 9, optimizer: { name: "muon", options: { momentum: 0.9 } } }, { optimizer: { name: "adam-w" } }) // => { steps: 9, optimizer: { name: "adam-w" } }
 */
export function mergeRecipes(under: Fields, over: Fields): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = under[key];
    if (value === undefined) continue;
    merged[key] =
      isFields(before) && isFields(value) && !isAnother(before, value) ? mergeRecipes(before, value) : value;
  }
  return merged;
}

const isAnother = (before: Fields, value: Fields): boolean =>
  ["name", "kind"].some((key) => key in before && key in value && before[key] !== value[key]) ||
  (isSided(before) !== isSided(value) && ("name" in before || "name" in value));

/** Returns whether fields name a plugin for each side: the tokenizers of source and target. */
const isSided = (fields: Fields): boolean => "source" in fields || "target" in fields;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
