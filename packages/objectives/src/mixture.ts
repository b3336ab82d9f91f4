import { ConfigError, type Reason } from "@trivium/core";
import { mixtureShares } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import type { SpecialTokens } from "@trivium/text";
import { z } from "zod";
import { bart } from "./bart.ts";
import { causalLm } from "./causal-lm.ts";
import { fillInTheMiddle } from "./fill-in-the-middle.ts";
import type { MaskedStreams } from "./layout.ts";
import { maskedLm } from "./masked-lm.ts";
import { type Objective, objective, promptOf } from "./objective.ts";
import { prefixLm } from "./prefix-lm.ts";
import { seq2seq } from "./seq2seq.ts";
import { spanCorruption } from "./span-corruption.ts";
import { type TokenLossOptions, tokenLoss, tokenLossOptions } from "./token-loss.ts";
import { ul2 } from "./ul2.ts";

const known = {
  bart,
  "causal-lm": causalLm,
  "fill-in-the-middle": fillInTheMiddle,
  "masked-lm": maskedLm,
  "prefix-lm": prefixLm,
  seq2seq,
  "span-corruption": spanCorruption,
  ul2,
} satisfies Record<string, (options: never) => Objective>;
const names = Object.keys(known) as [keyof typeof known, ...(keyof typeof known)[]];

const schema = z.strictObject({
  /** The objectives, each with its options, its rate and the name of its task. */
  parts: z
    .array(
      z.strictObject({
        objective: z.enum(names),
        options: z.record(z.string(), z.json()).optional(),
        /** The rate of the part among all. */
        rate: z.number().min(0).default(1),
        /** The name of the task in losses and weights. Default: the objective's. */
        task: z.string().min(1).optional(),
      }),
    )
    .min(1)
    .default([
      { objective: "span-corruption", rate: 1 },
      { objective: "bart", rate: 1 },
    ]),
  /** Greater temperatures make the shares of the parts more equal. */
  temperature: z.number().positive().default(1),
  ...tokenLossOptions,
});

/** An objective of a mixture, whatever made it. */
export interface MixturePart {
  readonly objective: Objective;
  /** The rate of the part among all. Default 1. */
  readonly rate?: number | undefined;
  /** The name of its task in losses and weights. Default: the objective's name. */
  readonly task?: string | undefined;
}

/**
 * A mixture of objectives: each example is rewritten by one of them, drawn by its rate, and the loss is taken and recorded
 * for each task. Half span corruption and half BART where no parts are given.
 *
 * @throws {ConfigError} `objective/options`; `objective/mixture` for parts of the same task, of other streams, or with a
 *   loss of their own.
 * @source Raffel et al. 2020, §3.5.2, https://arxiv.org/abs/1910.10683
 * @example
 * ```text
 * texts 10 … 14 and 20 … 22, of which the first is drawn for span-corruption and the second for prefix-lm, in one stream
 *   reads         10  11  12   S SEP   S  13  14      20  21
 *   predicts      11  12   S SEP   S  13  14 EOS      21  22
 *   loss weight    0   0   0   0   1   1   1   1       0   1
 *   sees          a prefix of 5, then from left to right   a prefix of 2
 * ```
 */
export function mixture(options: z.input<typeof schema> = {}): Objective {
  const settings = validateWith(schema, options, { code: "objective/options", what: "mixture" });
  const parts = settings.parts.map(({ objective: name, options: own = {}, rate, task }): MixturePart => {
    const taken = Object.keys(tokenLossOptions).find((option) => option in own);
    if (taken !== undefined) {
      const message = `the loss is one for the whole mixture; give ${taken} to the mixture, not to its part "${name}"`;
      throw new ConfigError("objective/mixture", message);
    }
    return { objective: (known[name] as (options: object) => Objective)(own), rate, task };
  });
  return mixtureOf(parts, settings);
}

/** The settings of a mixture of objectives that are values. */
export interface MixtureSettings extends TokenLossOptions {
  /** Greater temperatures make the shares of the parts more equal. Default 1. */
  readonly temperature?: number | undefined;
  /** Factors of the loss weights of tasks, by name. Default: all are 1. */
  readonly taskWeights?: Readonly<Record<string, number>> | undefined;
}

/**
 * Makes a mixture of objectives that are values, your own among them: see {@link mixture}. `fit` brings each part into the
 * layout that the streams of an architecture need. Prompts are those of the first part that has some.
 *
 * @throws {ConfigError} `objective/mixture`; `features/mixture` for rates that are negative or all zero.
 * @example mixtureOf([{ objective: prefixLm(), rate: 3 }, { objective: causalLm() }]).streams // => ["tokens"]
 */
export function mixtureOf(parts: readonly MixturePart[], settings: MixtureSettings = {}): Objective {
  const { temperature = 1, taskWeights = {}, labelSmoothing = 0, zLoss = 0, focal } = settings;
  const drawn = sharesOf(parts, temperature);
  const objectives = drawn.map(({ objective }) => objective);
  const again = (change: (objective: Objective) => Objective, changed: MixtureSettings = settings): Objective =>
    mixtureOf(
      parts.map((part) => ({ ...part, task: taskOf(part), objective: change(part.objective) })),
      changed,
    );
  const mixed: Objective = {
    name: "mixture",
    settings: {
      temperature,
      taskWeights,
      labelSmoothing,
      zLoss,
      focal,
      parts: drawn.map(({ objective, ...own }) => ({ ...objective.settings, name: objective.name, ...own })),
    },
    streams: (objectives[0] as Objective).streams,
    needs: [...new Set(objectives.flatMap(({ needs = [] }) => needs))],
    shows: Math.max(...objectives.map(({ shows = 0 }) => shows)),
    supports: (architecture) => fitsEvery(drawn, architecture),
    fit: (architecture) => again((part) => part.fit?.(architecture) ?? part),
    rawLength: rawLengthOfAll(objectives),
    features(example, context) {
      const { task, objective } = draw(drawn, context.random.uniform());
      const features = objective.features(example, context);
      const factor = taskWeights[task] ?? 1;
      return { ...features, task, lossWeights: features.lossWeights.map((weight) => weight * factor) };
    },
    loss: tokenLoss({ labelSmoothing, zLoss, focal }),
    scoring: () => again((part) => part.scoring?.() ?? part, { temperature }),
  };
  const prompting = objectives.find(({ prompt }) => prompt);
  if (!prompting) return mixed;
  return { ...mixed, prompt: (example, context) => promptOf(prompting, example, context) };
}

/** A part that is drawn: the name of its task, and its share of the examples. */
interface DrawnPart {
  readonly task: string;
  readonly share: number;
  readonly objective: Objective;
}

const taskOf = ({ task, objective: { name } }: MixturePart): string => task ?? name;

function sharesOf(parts: readonly MixturePart[], temperature: number): readonly DrawnPart[] {
  const tasks = parts.map(taskOf);
  if (parts.length === 0 || new Set(tasks).size < parts.length) {
    const message = `the parts of a mixture have tasks of different names, got [${tasks.join(", ")}]; give each a task`;
    throw new ConfigError("objective/mixture", message);
  }
  const rates = Object.fromEntries(parts.map((part) => [taskOf(part), part.rate ?? 1]));
  const shares = mixtureShares(rates, { temperature });
  return parts
    .map((part) => ({ task: taskOf(part), share: shares[taskOf(part)] as number, objective: part.objective }))
    .filter(({ share }) => share > 0);
}

/** The first reason of a part that does not fit an architecture. */
function fitsEvery(parts: readonly DrawnPart[], architecture: MaskedStreams): true | Reason {
  for (const { task, objective } of parts) {
    const answer = objective.supports(architecture);
    if (answer !== true) return { ...answer, message: `part "${task}" of objective "mixture": ${answer.message}` };
  }
  return true;
}

/** The part in whose share a number of [0, 1) lies. */
function draw(parts: readonly DrawnPart[], at: number): DrawnPart {
  let end = 0;
  const found = parts.find(({ share }) => {
    end += share;
    return at < end;
  });
  return (found ?? parts.at(-1)) as DrawnPart;
}

/** The text that fills a window whichever part is drawn. Nothing where no part inserts or removes tokens. */
function rawLengthOfAll(objectives: readonly Objective[]): Objective["rawLength"] {
  if (!objectives.some(({ rawLength }) => rawLength)) return undefined;
  return (window, special) => Math.min(...objectives.map(({ rawLength = plainLength }) => rawLength(window, special)));
}

/** The text that fills a window where an objective inserts nothing but the frame. */
function plainLength(window: number, { frame: { joined, source, target } }: SpecialTokens): number {
  const framed = [joined, source, target].map((part) => (part ? part.before.length + part.after.length - 1 : 0));
  return Math.max(2, window - Math.max(...framed));
}

/** A mixture of objectives, for a registry. */
export const mixturePlugin = objective("mixture", mixture, {
  description: "Several objectives, drawn by their rates: each example is of one task, with its own loss.",
  schema,
});
