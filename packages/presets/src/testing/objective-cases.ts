import { fused } from "@trivium/attention";
import { compose } from "@trivium/compose";
import type { Architecture } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import type { SpecialTokens } from "@trivium/text";
import { presets } from "../index.ts";

/** An objective with its options, and the greatest loss of a tiny model that is trained with it. */
interface ObjectiveCase {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Nats per token after the steps of {@link training}, on every architecture that takes the objective. */
  readonly loss: number;
  /** Options with which a short text is rewritten so that something is to be seen. Default: those of the case. */
  readonly drawn?: Readonly<Record<string, unknown>> | undefined;
}

/** The training of the tiny models: cycles of six symbols, from any of them on. */
export const training = { steps: 40, batch: 8, symbols: 5, length: 10, width: 24, layers: 1, learningRate: 0.02 };

/** Every objective of the registry, and options that change which architectures take it. */
export const objectiveCases: readonly ObjectiveCase[] = [
  { name: "causal-lm", loss: 0.5 },
  { name: "causal-lm", options: { loss: "target" }, loss: 0.5 },
  { name: "prefix-lm", loss: 0.5 },
  { name: "seq2seq", loss: 1.25 },
  { name: "span-corruption", loss: 0.5, drawn: { density: 0.4, meanLength: 2 } },
  { name: "bart", loss: 0.5 },
  { name: "ul2", loss: 1.25 },
  { name: "fill-in-the-middle", options: { level: "tokens" }, loss: 1.25, drawn: { level: "tokens", rate: 1 } },
  { name: "masked-lm", options: { density: 0.3 }, loss: 0.5 },
  { name: "mixture", loss: 0.75 },
];

/** Special tokens with all that the objectives need, by names that tables and drawings show. */
export const named: Readonly<Record<string, number>> = {
  BOS: 1,
  SEP: 2,
  EOS: 3,
  MASK: 5,
  S: 6,
  T: 7,
  U: 8,
  "[R]": 9,
  "[S]": 10,
  "[X]": 11,
  PRE: 12,
  SUF: 13,
  MID: 14,
};

/** The special tokens of {@link named}; 10 and further ids of a drawing are shown as they are, from 100 on. */
export const special: SpecialTokens = {
  end: [3],
  pad: 0,
  unknown: 4,
  mask: 5,
  sentinels: [6, 7, 8],
  named: {
    "ul2-r": 9,
    "ul2-s": 10,
    "ul2-x": 11,
    "fim-prefix": 12,
    "fim-suffix": 13,
    "fim-middle": 14,
  },
  frame: {
    joined: { before: [], between: [2], after: [3] },
    source: { before: [], after: [3] },
    target: { start: 1, before: [], after: [3] },
  },
};

const registry = createRegistry<AnyPlugin>(presets);

/** Every architecture of the registry. */
export const architectures = registry.list("architecture").map(({ create }) => create as Architecture);

/** The names of all objectives of the registry. */
export const objectiveNames: readonly string[] = registry.list("objective").map(({ name }) => name);

/** The sentence about an objective. */
export const describeCase = ({ name }: Pick<ObjectiveCase, "name">): string =>
  registry.find("objective", name).description ?? "";

/** An objective, with its options where it has some. */
export const titleOf = ({ name, options }: Pick<ObjectiveCase, "name" | "options">): string => {
  const shown = Object.entries(options ?? {}).filter(([, value]) => value !== "tokens");
  return [name, ...shown.map(([option, value]) => `${option} ${String(value)}`)].join(", ");
};

/** The objective in the layout that an architecture needs. */
export function fitted(
  { name, options = {} }: Pick<ObjectiveCase, "name" | "options">,
  architecture: Architecture,
): Objective {
  const made = registry.create("objective", name, options) as Objective;
  return made.fit?.(architecture) ?? made;
}

/** The model of a case, or the reasons why there can be none. */
export function composed(one: Pick<ObjectiveCase, "name" | "options">, architecture: Architecture) {
  const { width, layers, length, symbols } = training;
  const config = { vocabulary: 15 + symbols, length: 3 * length, width, layers, heads: 2 };
  const tokenizer = { name: "shared", special } as const;
  return compose({ architecture, config, objective: fitted(one, architecture), attention: fused(), tokenizer });
}
