/** Token ids in their order. */
export type Ids = readonly number[];

/** The ids around a source that has a stream of its own. */
export interface SourceFrame {
  readonly before: Ids;
  readonly after: Ids;
}

/** The ids around the parts of one stream that holds a source and its target: before the one, after the other if it ends. */
export interface JoinedFrame extends SourceFrame {
  /** Between source and target: a separator, or ordinary text. */
  readonly between: Ids;
}

/** The ids around a target that has a stream of its own. */
export interface TargetFrame {
  /** The decoder's first input, which is never predicted. */
  readonly start: number;
  /** Between the start and the target; a prompt holds these ids too. */
  readonly before: Ids;
  /** After a target that ends. */
  readonly after: Ids;
}

/** The ids that a layout puts around source and target. A vocabulary lacks the frames of streams that it is not made for. */
export interface Frame {
  readonly joined?: JoinedFrame | undefined;
  readonly source?: SourceFrame | undefined;
  readonly target?: TargetFrame | undefined;
}

/**
 * The special tokens of one vocabulary: their ids by role, and how they frame a source and its target.
 *
 * An id may have several roles. GPT-2's end of text separates and ends, and BART's end also starts the decoder.
 *
 * @example
 * const gpt2 = { end: [50256], named: {}, frame: { joined: { before: [], between: [50256], after: [50256] } } };
 */
export interface SpecialTokens {
  /** The ids that end a target; decoding stops on any of them. */
  readonly end: Ids;
  /** The id that fills up short rows. Without one any id does, since lengths tell padding. */
  readonly pad?: number | undefined;
  /** The id of text that the vocabulary lacks. */
  readonly unknown?: number | undefined;
  /** The id that hides a token from its predictor. */
  readonly mask?: number | undefined;
  /** The ids that stand for removed spans, in the order of the spans. */
  readonly sentinels?: Ids | undefined;
  /** Further special tokens: `"begin"`, `"fim-middle"`, `"ul2-s"`. */
  readonly named: Readonly<Record<string, number>>;
  readonly frame: Frame;
}

/**
 * Tells whether a vocabulary has the special token or the part of the frame that is needed.
 *
 * @param need - a role (`"end"`, `"pad"`, `"unknown"`, `"mask"`, `"sentinels"`), a part of the frame (`"frame.joined"`,
 *   `"frame.source"`, `"frame.target"`), or the name of a token.
 * @example hasSpecial(reservedSpecials(), "mask") // => false
 */
export function hasSpecial({ named, frame, ...roles }: SpecialTokens, need: string): boolean {
  const framed = Object.entries(frame).map(([part, ids]) => [`frame.${part}`, ids]);
  const found: unknown = Object.fromEntries([...Object.entries(named), ...framed, ...Object.entries(roles)])[need];
  return found !== undefined && !(Array.isArray(found) && found.length === 0);
}

/**
 * The ids of special tokens that stand for no text: all but `unknown`. Ids of the frame are among them only if they have
 * a role, since a frame may hold ordinary text.
 *
 * @example silentIds(reservedSpecials()) // => new Set([3, 0, 1, 2])
 */
export function silentIds(special: SpecialTokens): ReadonlySet<number> {
  const { end, pad, mask, sentinels = [], named } = special;
  const alone = [pad, mask].filter((id) => id !== undefined);
  const silent = new Set([...end, ...alone, ...sentinels, ...Object.values(named)]);
  if (special.unknown !== undefined) silent.delete(special.unknown);
  return silent;
}
