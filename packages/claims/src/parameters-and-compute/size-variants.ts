import { type MatchedBy, matchConfiguration, type PairLengths } from "@trivium/evaluator";
import type { Architecture, ModelOptions } from "@trivium/model";
import type { ArmContext } from "../framework/claim.ts";

/** A size of model, and the pairs that it is counted on. */
export type SizeShape = {
  readonly name: string;
  /** Options of each stack that all architectures share. */
  readonly model: ModelOptions & { readonly layers: number };
  readonly lengths: PairLengths;
};

/** An architecture at a size, and the quantity that it shares with the encoder–decoder of that size. */
export interface SizeVariant {
  readonly name: SizeVariantName;
  readonly architecture: Architecture;
  readonly config: ModelOptions;
}

export const sizeVariantNames = [
  "encoder–decoder",
  "encoder–decoder, shared stacks",
  "encoder–decoder, half the depth",
  "causal, same depth",
  "causal, same parameters",
  "causal, same FLOPs",
  "prefix, same depth",
] as const;

export type SizeVariantName = (typeof sizeVariantNames)[number];

/** The encoder–decoder of a size, its controls, and the single stacks that are as deep, as large, or as costly. */
export function sizeVariants(context: Pick<ArmContext, "architecture">, shape: SizeShape): SizeVariant[] {
  const pair = context.architecture("encoder-decoder");
  const { model, lengths } = shape;
  const matched = (architecture: Architecture, by: MatchedBy): Omit<SizeVariant, "name"> => ({
    architecture,
    config: matchConfiguration({ reference: { architecture: pair, config: model }, architecture, by, lengths }).config,
  });
  const causal = context.architecture("causal");
  const found: Readonly<Record<SizeVariantName, Omit<SizeVariant, "name">>> = {
    "encoder–decoder": { architecture: pair, config: model },
    "encoder–decoder, shared stacks": { architecture: pair, config: { ...model, sharedStacks: true } },
    "encoder–decoder, half the depth": { architecture: pair, config: { ...model, layers: model.layers / 2 } },
    "causal, same depth": matched(causal, "depth"),
    "causal, same parameters": matched(causal, "parameters"),
    "causal, same FLOPs": matched(causal, "flops"),
    "prefix, same depth": matched(context.architecture("prefix"), "depth"),
  };
  return sizeVariantNames.map((name) => ({ name, ...found[name] }));
}
