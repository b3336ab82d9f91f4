import { createRandom, type Reason, TriviumError } from "@trivium/core";
import type { Example, Features } from "@trivium/features";
import { labelLeaks, type StreamPosition } from "@trivium/masks";
import { type Architecture, type ResolvedConfig, selfMaskOf } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import { reservedSpecials, silentIds } from "@trivium/text";

/** Every id once, so that a label's places in the input are certain. */
const samples: readonly Example[] = [
  { source: [10, 11, 12], target: [20, 21, 22] },
  { tokens: [30, 31, 32, 33, 34, 35] },
];

/** The ways, one a sample at most, in which a position with loss can see the id that it has to predict. */
export function leakReasons(architecture: Architecture, config: ResolvedConfig, objective: Objective): Reason[] {
  const reasons = samples.flatMap((sample) => {
    const features = convert(objective, sample);
    return features ? leakReason(architecture, config, objective, features) : [];
  });
  return [...new Map(reasons.map((reason) => [reason.message, reason])).values()];
}

/** Null where the objective does not take examples of that form. */
function convert(objective: Objective, sample: Example): Features | null {
  try {
    return objective.features(sample, { special: reservedSpecials(), random: createRandom("compose") });
  } catch (error) {
    if (TriviumError.is(error, "objective/example")) return null;
    throw error;
  }
}

function leakReason(
  architecture: Architecture,
  config: ResolvedConfig,
  objective: Objective,
  features: Features,
): Reason[] {
  const { streams, targets, lossWeights, prefixLength } = features;
  const context = { prefixLengths: prefixLength };
  const [first] = labelLeaks({
    streams: Object.fromEntries(architecture.streams.map((name) => [name, streams[name]?.length ?? 0])),
    selfMask: Object.fromEntries(architecture.streams.map((name) => [name, selfMaskOf(architecture, name)(context)])),
    ...(architecture.crossMask ? { crossMask: architecture.crossMask(context) } : {}),
    layers: config.layers,
    lossWeights,
    shift: null,
    labels: ({ position }) => placesOf(targets[position] as number, streams),
  });
  if (!first) return [];
  const what = `objective "${objective.name}" on architecture "${architecture.name}" lets a prediction see its own label`;
  return [{ code: "compose/label-leak", message: `${what}: ${first.text}` }];
}

/** Where an id stands in the input; special ids are not labels of anything in particular. */
function placesOf(id: number, streams: Features["streams"]): StreamPosition[] {
  if (silentIds(reservedSpecials()).has(id)) return [];
  return Object.entries(streams).flatMap(([stream, ids]) =>
    ids.flatMap((other, position) => (other === id ? [{ stream, position }] : [])),
  );
}
