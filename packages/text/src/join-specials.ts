import type { Frame, Ids, SpecialTokens } from "./special-tokens.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** The special tokens of a source's and a target's vocabulary in one, and where the target's ids stand in it. */
export interface JoinedSpecials extends Vocabulary {
  /** The common id of each id of the target's vocabulary. */
  readonly ofTarget: Ids;
}

type Vocabulary = Pick<Tokenizer, "size" | "special">;

/**
 * Puts the vocabularies of source and target into one: the source's ids stay, the target's follow in their order. A
 * special token of the target has the id of the source's token with the same role where there is one.
 */
export function joinSpecials(source: Vocabulary, target: Vocabulary): JoinedSpecials {
  const counterparts = counterpartsOf(source.special, target.special);
  let size = source.size;
  const ofTarget = Array.from({ length: target.size }, (_, id) => counterparts.get(id) ?? size++);
  const moved = mapSpecials(target.special, (id) => ofTarget[id] as number);
  const special: SpecialTokens = {
    end: [...new Set([...moved.end, ...source.special.end])],
    pad: source.special.pad ?? moved.pad,
    unknown: source.special.unknown ?? moved.unknown,
    mask: source.special.mask ?? moved.mask,
    sentinels: source.special.sentinels ?? moved.sentinels,
    named: { ...moved.named, ...source.special.named },
    frame: joinFrames(source.special.frame, moved.frame),
  };
  return { special, size, ofTarget };
}

/** The ids of the source's special tokens by the ids of the target's with the same role; the first role counts. */
function counterpartsOf(source: SpecialTokens, target: SpecialTokens): Map<number, number> {
  const found = new Map<number, number>();
  const pair = (theirs: number | undefined, ours: number | undefined) => {
    if (theirs !== undefined && ours !== undefined && !found.has(theirs)) found.set(theirs, ours);
  };
  for (const [at, id] of target.end.entries()) pair(id, source.end[at]);
  for (const role of ["pad", "unknown", "mask"] as const) pair(target[role], source[role]);
  for (const [at, id] of (target.sentinels ?? []).entries()) pair(id, source.sentinels?.[at]);
  for (const [name, id] of Object.entries(target.named)) pair(id, source.named[name]);
  return found;
}

function mapSpecials(special: SpecialTokens, map: (id: number) => number): SpecialTokens {
  const one = (id: number | undefined) => (id === undefined ? undefined : map(id));
  const { joined, target } = special.frame;
  return {
    end: special.end.map(map),
    pad: one(special.pad),
    unknown: one(special.unknown),
    mask: one(special.mask),
    sentinels: special.sentinels?.map(map),
    named: Object.fromEntries(Object.entries(special.named).map(([name, id]) => [name, map(id)])),
    frame: {
      joined: joined && { before: [], between: [], after: joined.after.map(map) },
      target: target && { start: map(target.start), before: target.before.map(map), after: target.after.map(map) },
    },
  };
}

/** The target decides the ids that follow it, the source all ids before it. */
const joinFrames = (source: Frame, target: Frame): Frame => ({
  joined: source.joined && target.joined && { ...source.joined, after: target.joined.after },
  source: source.source,
  target: target.target,
});
