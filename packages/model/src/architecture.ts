import type { Mask, PerRow } from "@trivium/masks";
import { defineKind, type Plugin } from "@trivium/registry";

/** What a mask may depend on besides positions. */
export interface MaskContext {
  /** How many leading positions of each row form its prefix. */
  readonly prefixLengths: PerRow;
}

export type MaskBuilder = (context: MaskContext) => Mask;

/**
 * An architecture: which streams of tokens there are and who sees whom. Everything else (widths, norms, positions) is
 * configuration, and the same for all.
 *
 * Streams run in order; each later one attends to the final states of the one before it through `crossMask`. The last
 * one predicts.
 */
export interface Architecture<Stream extends string = string> {
  readonly name: string;
  readonly streams: readonly Stream[];
  /** Which positions of its own stream a position sees. */
  readonly selfMask: MaskBuilder | Readonly<Record<Stream, MaskBuilder>>;
  /** Which positions of the stream before it a position sees; none in a single stream. */
  readonly crossMask?: MaskBuilder;
}

/** The kind of architectures: a value. */
export const architecture = defineKind<Architecture>()("architecture");

/** A plugin of that kind. */
export type ArchitecturePlugin<Name extends string = string> = Plugin<"architecture", Name, Architecture>;

/** The self-attention mask of one stream. */
export function selfMaskOf({ selfMask }: Architecture, stream: string): MaskBuilder {
  return typeof selfMask === "function" ? selfMask : (selfMask[stream] as MaskBuilder);
}
