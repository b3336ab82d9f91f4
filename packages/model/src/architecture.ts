import type { Mask, PerRow } from "@trivium/masks";
import { defineKind, type Plugin } from "@trivium/registry";

/** Everything that a mask may depend on besides positions. */
export interface MaskContext {
  /** The number of leading positions of each row that form its prefix. */
  readonly prefixLengths: PerRow;
  /** The number of tokens that self-attention reaches back, itself included. Default: no limit. */
  readonly window?: number | undefined;
}

export type MaskBuilder = (context: MaskContext) => Mask;

/**
 * The positions of its own stream that a token may see: its past alone; besides, in a prefix, the whole prefix; or later
 * ones anywhere.
 */
export type Reads = "past" | "prefix" | "all";

/**
 * An architecture: its streams of tokens, and who sees whom. Everything else (widths, norms, positions) is configuration,
 * and the same for all.
 *
 * Streams run in order; each later one attends to the final states of the one before it through `crossMask`. The last
 * one predicts.
 */
export interface Architecture<Stream extends string = string> {
  readonly name: string;
  readonly streams: readonly Stream[];
  /** The positions that each stream reads. Masks have to agree, which the conformance suite checks. */
  readonly reads: Reads | Readonly<Record<Stream, Reads>>;
  /** The positions of its own stream that a position sees. */
  readonly selfMask: MaskBuilder | Readonly<Record<Stream, MaskBuilder>>;
  /** The positions of the stream before it that a position sees; none in a single stream. */
  readonly crossMask?: MaskBuilder;
}

/** The kind of architectures: a value. */
export const architecture = defineKind<Architecture>()("architecture");

/** A plugin of that kind. */
export type ArchitecturePlugin<Name extends string = string> = Plugin<"architecture", Name, Architecture>;

/** Returns the self-attention mask of one stream. */
export const selfMaskOf = ({ selfMask }: Architecture, stream: string): MaskBuilder =>
  typeof selfMask === "function" ? selfMask : (selfMask[stream] as MaskBuilder);

/** Returns what one stream reads of itself. */
export const readsOf = ({ reads }: Architecture, stream: string): Reads =>
  typeof reads === "string" ? reads : (reads[stream] as Reads);
