import type { AttentionKernel } from "@trivium/attention";
import { createRandom, TriviumError } from "@trivium/core";
import type { Batch, Example } from "@trivium/features";
import { type Mask, maskFromJson, toIntervals } from "@trivium/masks";
import { type Architecture, createModel } from "@trivium/model";
import { leakAnalysis } from "@trivium/probes";
import { disposeTree } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import type { ClaimArm } from "../framework/claim.ts";
import { targetObjective } from "../trained/sight.ts";
import { conditionsOf, maskMistakes } from "./mask-mistakes.ts";
import { type Collation, collations, type MaskSite, maskSites, shownPairs, siteKey } from "./mask-sites.ts";

/**
 * The outcomes of a mistake. A prediction depends on its own label or a later one (label leak), or on another text or
 * padding (other leak). Too little is seen (blind). More is seen, and may be (harmless). Or the masks refuse it
 * (refused).
 */
export const mistakeOutcomes = ["label leak", "other leak", "blind", "harmless", "refused"] as const;
export type MistakeOutcome = (typeof mistakeOutcomes)[number];

export type MistakeCount = {
  readonly architecture: string;
  readonly collation: Collation;
  /** Attentions with a mask of their own, and conditions that these are made of. */
  readonly masks: number;
  readonly conditions: number;
  /** Queries whose keys are no single interval. */
  readonly broken: number;
  /** True if the model without a mistake passes the leak analysis. */
  readonly clean: boolean;
  /** Mistakes that differ in what they show to a query that is no padding. */
  readonly mistakes: readonly { readonly at: string; readonly what: string; readonly outcome: MistakeOutcome }[];
};

export interface MistakeCountsOptions {
  /** Number of layers of the probed models. Default 2, since some leaks need an intermediate position. */
  readonly layers?: number | undefined;
  /** Sources and targets of different lengths, so that no two attentions have one shape. */
  readonly examples?: readonly Example[] | undefined;
}

const twoPairs: readonly Example[] = [
  { source: [5, 9, 7], target: [6, 11, 8, 13] },
  { source: [12, 4], target: [10, 5] },
];

const sizeOf = (layers: number) => ({ vocabulary: 19, length: 24, width: 8, layers, heads: 2 }) as const;

/** Makes every single mistake in the masks of live models, and looks what leaks. Exact. */
export function mistakeCounts(
  architectures: readonly string[],
  { layers = 2, examples = twoPairs }: MistakeCountsOptions = {},
): ClaimArm<MistakeCount[]> {
  const size = sizeOf(layers);
  return {
    name: "mistakes in masks",
    configuration: {
      type: "mask-difficulty/mistakes",
      version: 1,
      architectures,
      model: size,
      examples: examples as never,
    },
    async *run(context) {
      const counts: MistakeCount[] = [];
      const total = 2 * architectures.length;
      for (const name of architectures) {
        const architecture = context.architecture(name);
        for (const collation of ["padded", "packed"] as const) {
          counts.push(countMistakes({ architecture, collation, size, examples, attention: context.attention }));
          context.signal?.throwIfAborted();
          yield { done: counts.length, total, note: name };
        }
      }
      return { numbers: counts };
    },
  };
}

interface Counted {
  readonly architecture: Architecture;
  readonly collation: Collation;
  readonly size: ReturnType<typeof sizeOf>;
  readonly examples: readonly Example[];
  readonly attention: AttentionKernel;
}

function countMistakes({ architecture, collation, size, examples, attention }: Counted): MistakeCount {
  const objective = targetObjective(architecture.name);
  const given = { special: reservedSpecials(), random: createRandom("mistakes") };
  const batch = collations[collation](examples.map((example) => objective.features(example, given))) as Batch;
  const sites = maskSites(architecture, batch);
  const analyse = (kernel: AttentionKernel) => {
    const model = createModel({ architecture, config: size, attention: kernel });
    const parameters = model.createParameters(createRandom("mistakes in masks"));
    try {
      return leakAnalysis({ model, parameters, objective, examples, collate: collations[collation] });
    } finally {
      disposeTree(parameters);
    }
  };
  const leaksOf = (site: MaskSite, mask: Mask) => analyse(withMask(attention, site, mask)).counts;
  return {
    architecture: architecture.name,
    collation,
    masks: sites.length,
    conditions: sites.reduce((sum, { mask }) => sum + conditionsOf(mask.spec), 0),
    broken: sites.filter(({ mask, size }) => "reason" in toIntervals(mask, size)).length,
    clean: analyse(attention).clean,
    mistakes: sites.flatMap((site) => mistakesAt(site, leaksOf)),
  };
}

type Leaks = Readonly<Record<"label" | "future" | "document" | "padding", number>>;

function mistakesAt(site: MaskSite, leaksOf: (site: MaskSite, mask: Mask) => Leaks): MistakeCount["mistakes"] {
  const right = shownPairs(site, site.mask);
  const known = new Set([right]);
  return maskMistakes(site.mask.spec).flatMap(({ what, spec }) => {
    const made = maskOf(spec, site.size.rows);
    if (!made) return [{ at: site.name, what, outcome: "refused" as const }];
    const shown = shownPairs(site, made);
    if (known.has(shown)) return [];
    known.add(shown);
    return [{ at: site.name, what, outcome: outcomeOf(leaksOf(site, made), right, shown) }];
  });
}

/**
 * Returns the mask of a spec, or undefined if a batch of `rows` rows cannot have it, since building or attending would
 * throw.
 */
function maskOf(spec: unknown, rows: number): Mask | undefined {
  try {
    const mask = maskFromJson(spec);
    return mask.rows === null || mask.rows === rows ? mask : undefined;
  } catch (error) {
    if (TriviumError.is(error)) return undefined;
    throw error;
  }
}

function outcomeOf({ label, future, document, padding }: Leaks, right: string, shown: string): MistakeOutcome {
  if (label + future > 0) return "label leak";
  if (document + padding > 0) return "other leak";
  return [...right].some((bit, at) => bit === "1" && shown[at] === "0") ? "blind" : "harmless";
}

/** The kernel that attends under another mask where a site's was asked for; it offers nothing that goes around that. */
function withMask(
  { name, supports, attend }: AttentionKernel,
  { mask: right, size }: MaskSite,
  wrong: Mask,
): AttentionKernel {
  const key = siteKey(right, size.queries, size.keys);
  return {
    name,
    supports,
    attend(request) {
      const own = siteKey(request.mask, request.query.shape[2], request.key.shape[2]);
      return attend(own === key ? { ...request, mask: wrong } : request);
    },
  };
}
