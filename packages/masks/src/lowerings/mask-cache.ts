import { ConfigError } from "@trivium/core";
import { type Origin, originOf } from "../create-mask.ts";
import type { Mask, MaskSize } from "../mask.ts";
import { canonical, maskKey } from "../same-mask.ts";

/** Returns the value of a mask at a size, made by `make` unless it is kept. */
export type MaskCache<Value> = (mask: Mask, size: CachedSize, make: () => Value) => Value;

type CachedSize = Pick<MaskSize, "queries" | "keys">;

/** The code behind each part of a mask, by name and options. */
type Origins = ReadonlyMap<string, Origin>;

interface Kept<Value> {
  readonly value: Value;
  /** The mask's answers on a sample of pairs. */
  readonly answers: string;
  readonly origins: Origins;
}

/**
 * A cache of what depends only on the pairs that a mask shows: plans and lowerings.
 *
 * The newest value of each mask object is kept. Values of masks that are the same for every batch row are also kept by
 * identity (`maskKey`), so that a mask made anew at each step finds its plan; of two masks of one identity, the code
 * must be the same: see `custom` for the rule.
 *
 * @param limit - number of values kept by identity; the one unused for longest goes first.
 * @returns a function that throws {ConfigError} `masks/identity` if two masks of one name and options have predicates of
 *   different text, or answer differently on a sample of 64 pairs.
 * @example
 * const plans = createMaskCache<string>(32);
 * plans(causal(), { queries: 4, keys: 4 }, () => "made"); // => "made"
 * plans(causal(), { queries: 4, keys: 4 }, () => "made again"); // => "made"
 */
export function createMaskCache<Value>(limit: number): MaskCache<Value> {
  const newest = new WeakMap<Mask, CachedSize & { readonly value: Value }>();
  const kept = new Map<string, Kept<Value>>();
  /** Origins by identity alone, so that a second predicate is found at every size. */
  const seen = new Map<string, Origins>();
  const byIdentity: MaskCache<Value> = (mask, size, make) => {
    const origins = originsOf(mask);
    if (origins === undefined) return make();
    const identity = maskKey(mask);
    const known = seen.get(identity);
    if (known) assertSameText(known, origins);
    renew(seen, identity, origins, limit);
    const key = `${size.queries} ${size.keys} ${identity}`;
    const found = kept.get(key);
    const answers = sampleAnswers(mask, size);
    const value = found && isSameCode(found.origins, origins) ? found.value : make();
    if (value === found?.value && found.answers !== answers) throw differentAnswers(mask);
    renew(kept, key, { value, answers, origins }, limit);
    return value;
  };
  return (mask, size, make) => {
    const last = newest.get(mask);
    if (last && last.queries === size.queries && last.keys === size.keys) return last.value;
    const value = mask.rows === null ? byIdentity(mask, size, make) : make();
    newest.set(mask, { queries: size.queries, keys: size.keys, value });
    return value;
  };
}

/** Puts an entry at the end, and drops the first where there are too many. */
function renew<Value>(entries: Map<string, Value>, key: string, value: Value, limit: number): void {
  entries.delete(key);
  entries.set(key, value);
  if (entries.size <= limit) return;
  const [oldest] = entries.keys();
  entries.delete(oldest as string);
}

/** Undefined if some part was made neither by a plugin nor by `custom`: such a part has no identity. */
function originsOf(mask: Mask, found = new Map<string, Origin>()): Origins | undefined {
  const origin = originOf(mask);
  if (origin === undefined) return undefined;
  const { type, options } = mask.spec;
  found.set(options ? `${type} ${canonical(options)}` : type, origin);
  return origin.children.every((child) => originsOf(child, found)) ? found : undefined;
}

function assertSameText(before: Origins, now: Origins): void {
  for (const [part, { code }] of now) {
    const other = before.get(part)?.code;
    if (other === undefined || other === code || String(other) === String(code)) continue;
    const found = `two different predicates are both the mask ${part}; name and options are the identity of a mask`;
    const remedy = "give one of them another name, or put the difference into its options";
    throw new ConfigError("masks/identity", `${found}: ${remedy}`, { details: { part } });
  }
}

/** Returns whether every part is the same function, or one of the same text that depends on declared options alone. */
function isSameCode(before: Origins, now: Origins): boolean {
  return [...now].every(([part, { code, declared }]) => {
    const other = before.get(part);
    return other === undefined || other.code === code || (declared && other.declared);
  });
}

const samples = 64;

/** The answers of head after head on pairs spread over the matrix, and on as many near the diagonal, where edges are. */
function sampleAnswers(mask: Mask, { queries, keys }: CachedSize): string {
  let answers = "";
  if (queries === 0 || keys === 0) return answers;
  for (let index = 0; index < samples; index++) {
    // The R2 sequence: no two samples are close to one another.
    const q = Math.floor(((index * 0.7548776662466927) % 1) * queries);
    const spread = Math.floor(((index * 0.5698402909980532) % 1) * keys);
    const near = Math.min(keys - 1, Math.max(0, q + ((index >> 1) % 17) - 8));
    const head = mask.heads === null ? 0 : index % mask.heads;
    answers += mask.visible(0, head, q, index % 2 === 0 ? spread : near) ? "1" : "0";
  }
  return answers;
}

function differentAnswers({ spec }: Mask): ConfigError {
  const found = `the mask ${spec.type} shows other pairs than an earlier mask of the same name and options`;
  const remedy = "put everything that its predicate depends on into its options";
  return new ConfigError("masks/identity", `${found}; ${remedy}`, { details: { spec } });
}
