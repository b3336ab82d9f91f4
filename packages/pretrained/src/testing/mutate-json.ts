import type { Random } from "@trivium/core";

type Json = unknown;

/** Values that a field of a configuration seldom has. */
const odd: readonly Json[] = [
  null,
  -1,
  0,
  1,
  3,
  0.5,
  1e300,
  2 ** 31,
  2 ** 53,
  "x",
  "",
  "../x.safetensors",
  "yarn",
  true,
  false,
  [],
  {},
  [[[]]],
  [1, 2 ** 40],
  { rope_type: "yarn", factor: 1e308 },
  { rope_type: "llama3", factor: 2 },
];

/** Fields that configurations may have. */
const names = ["rope_scaling", "layer_types", "sliding_window", "head_dim", "num_beams", "__proto__", "dtype", "x"];

/** One of a list; undefined where there is none. */
const pick = <T>(list: readonly T[], random: Random): T | undefined =>
  list.length === 0 ? undefined : list[random.integer(list.length)];

/** Returns a document with one to three changes: a value replaced, taken away, added, or copied from elsewhere in it. */
export function mutateJson(document: Json, random: Random): Json {
  const changed = structuredClone(document);
  for (let left = 1 + random.integer(3); left > 0; left--) change(changed, random);
  return changed;
}

function change(document: Json, random: Random): void {
  const holder = pick(holdersIn(document), random);
  if (holder === undefined) return;
  const value = random.integer(3) === 0 ? pick(Object.values(holder), random) : pick(odd, random);
  const key = pick(random.integer(5) === 0 ? names : Object.keys(holder), random);
  if (key === undefined) return;
  if (random.integer(5) === 0) Reflect.deleteProperty(holder, key);
  // A plain assignment would not make a field of the name `__proto__`.
  else Object.defineProperty(holder, key, { ...plain, value: structuredClone(value) });
}

const plain = { configurable: true, enumerable: true, writable: true } as const;

/** All objects and lists in a document, itself among them. */
function holdersIn(value: Json): object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(holdersIn)];
}
