import { ConfigError } from "@trivium/core";
import { type Architecture, countModelParameters, type ModelOptions, modelConfigSchema } from "@trivium/model";
import { type PairLengths, pairFlops } from "./pair-flops.ts";

/** The quantity that two arms share: all parameters, FLOPs of training on a pair, or layers of each stack. */
export type MatchedBy = "parameters" | "flops" | "depth";

export interface MatchRequest {
  /** The arm to match. */
  readonly reference: { readonly architecture: Architecture; readonly config: ModelOptions };
  /** The architecture of the new arm. */
  readonly architecture: Architecture;
  readonly by: MatchedBy;
  /** Lengths of the pair whose FLOPs are counted, such as the mean lengths of the data. */
  readonly lengths: PairLengths;
  /** Changes F in steps of 8 after the number of layers is found, to come closer. Default true. */
  readonly adjustFeedForward?: boolean | undefined;
}

export interface MatchedConfiguration {
  readonly config: ModelOptions;
  /** The matched quantity of the reference. */
  readonly wanted: number;
  readonly got: number;
  /** `got / wanted − 1`. */
  readonly difference: number;
}

/**
 * The configuration at which an architecture has as many parameters, costs as many FLOPs, or is as deep as a reference:
 * the same widths and as many layers as come closest, then a feed-forward width that comes closer still.
 *
 * Every stack of it gets the same number of layers. Depth is copied, so the rest may differ by a factor of two.
 *
 * @throws {ConfigError} `evaluator/match` if not even one layer comes within 20 %.
 * @source Raffel et al. 2020, §3.2.2, https://arxiv.org/abs/1910.10683: what is compared depends on what is held equal.
 * @example matchConfiguration({ reference: { architecture: encoderDecoder, config }, architecture: prefix, by: "parameters", lengths }).config.layers
 */
export function matchConfiguration(request: MatchRequest): MatchedConfiguration {
  const { reference, by, adjustFeedForward = true } = request;
  const wanted = measure(request, reference.architecture, reference.config);
  const base = ownOptions(request);
  if (by === "depth") return matched(request, base, wanted);
  const byDepth = (layers: number): ModelOptions => ({ ...base, layers });
  const layered = byDepth(nearest(1, 1, (layers) => measure(request, request.architecture, byDepth(layers)), wanted));
  const config = adjustFeedForward ? withFeedForward(request, layered, wanted) : layered;
  const found = matched(request, config, wanted);
  if (Math.abs(found.difference) > WIDEST) throw tooFar(request, found);
  return found;
}

/** The largest relative difference at which two arms still count as matched. */
const WIDEST = 0.2;

function tooFar({ architecture, by }: MatchRequest, { config, wanted, got }: MatchedConfiguration): ConfigError {
  const message =
    `${architecture.name} cannot have as many ${by} as the reference: wanted ${wanted}, got ${got} at the nearest, with ` +
    `${config.layers} layers. Give the reference more layers`;
  return new ConfigError("evaluator/match", message, { details: { wanted, got, by } });
}

/** Returns the options of the reference that the new architecture can have too. */
function ownOptions({ reference, architecture }: MatchRequest): ModelOptions {
  const { sharedStacks, crossAttention, layers, ...config } = reference.config;
  const deepest = typeof layers === "object" ? Math.max(...Object.values(layers)) : layers;
  const own = architecture.name === reference.architecture.name ? { sharedStacks, crossAttention } : {};
  return { ...config, ...definedOnly({ ...own, layers: deepest }) } as ModelOptions;
}

const definedOnly = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function withFeedForward(request: MatchRequest, config: ModelOptions, wanted: number): ModelOptions {
  const width = config.width ?? modelConfigSchema.shape.width.parse(undefined);
  const own = (feedForward: number): ModelOptions => ({ ...config, feedForward });
  const usual = config.feedForward ?? 4 * width;
  const found = nearest(8, 8, (feedForward) => measure(request, request.architecture, own(feedForward)), wanted);
  // A feed-forward network of another order would be another model.
  return found >= usual / 2 && found <= usual * 2 ? own(found) : config;
}

/** Returns the value, from `start` on in steps, at which a rising function is nearest to the target. */
function nearest(start: number, step: number, of: (value: number) => number, wanted: number): number {
  let [value, distance] = [start, Math.abs(of(start) - wanted)];
  for (let next = start + step; ; next += step) {
    const nextDistance = Math.abs(of(next) - wanted);
    if (nextDistance >= distance) return value;
    [value, distance] = [next, nextDistance];
  }
}

function measure({ by, lengths }: MatchRequest, architecture: Architecture, config: ModelOptions): number {
  if (by === "parameters") return countModelParameters(architecture, config);
  if (by === "flops") return pairFlops(architecture, config, lengths);
  return depthOf(config);
}

function depthOf({ layers = modelConfigSchema.shape.layers.parse(undefined) }: ModelOptions): number {
  return typeof layers === "number" ? layers : Math.max(...Object.values(layers));
}

function matched(request: MatchRequest, config: ModelOptions, wanted: number): MatchedConfiguration {
  const got = measure(request, request.architecture, config);
  return { config, wanted, got, difference: got / wanted - 1 };
}
