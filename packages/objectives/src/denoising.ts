import { z } from "zod";
import type { Corruption, SplitExample } from "./corruption.ts";
import { createObjective } from "./create-objective.ts";
import { type JoinedOptions, joined } from "./joined.ts";
import type { Layout } from "./layout.ts";
import type { Objective } from "./objective.ts";
import { separate } from "./separate.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

/** The options of every objective whose corruption splits a text into source and target. */
export const denoisingOptions = {
  /** Two streams or one. Default: the one that fits the architecture. */
  layout: z.enum(["separate", "joined"]).optional(),
  ...tokenLossOptions,
};

/** The options of held-out loss. */
const plainLoss = { labelSmoothing: 0, zLoss: 0, focal: undefined, taskWeights: undefined };

/** The settings that such an objective has at least. */
type DenoisingSettings = z.output<z.ZodObject<typeof denoisingOptions>>;

/** The name, the settings and the corruption of an objective of two layouts. */
export interface DenoisingParts<S extends DenoisingSettings> {
  readonly name: string;
  readonly settings: S;
  readonly corruption: Corruption<SplitExample>;
  /** The layout in one stream. Default: loss on the target, and the source is the prefix. */
  readonly joined?: JoinedOptions | undefined;
}

/**
 * Composes an objective of a corruption into source and target: in two streams, or in one whose prefix is the source,
 * with loss on the target. Held-out loss is on the target alone. Where no layout is given, `fit` takes the one that an architecture's streams need.
 */
export function denoising<S extends DenoisingSettings>({
  name,
  settings,
  corruption,
  joined: inOne = { loss: "target", prefix: "source" },
}: DenoisingParts<S>): Objective {
  const { layout = "separate", taskWeights, labelSmoothing, zLoss, focal } = settings;
  const made: Layout<string, SplitExample> = layout === "separate" ? separate() : joined(inOne);
  const again = (changed: Partial<DenoisingSettings>, { loss }: Pick<JoinedOptions, "loss"> = inOne) =>
    denoising({ name, settings: { ...settings, ...changed }, corruption, joined: { ...inOne, loss } });
  const objective = createObjective({
    name,
    settings,
    corruption,
    layout: made,
    taskWeights,
    loss: tokenLoss({ labelSmoothing, zLoss, focal }),
    scoring: () => again(plainLoss, { loss: "target" }),
  });
  if (settings.layout !== undefined) return objective;
  return { ...objective, fit: ({ streams }) => again({ layout: streams.length > 1 ? "separate" : "joined" }) };
}
