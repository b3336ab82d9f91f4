import {
  leastDecodingBytes,
  type OpenedAdapter,
  type OpenedModel,
  type WeightType,
  weightBytes,
} from "@trivium/compose";
import { type Mask, printMask } from "@trivium/masks";
import {
  type Architecture,
  forwardFlops,
  loraSpecs,
  type ResolvedConfig,
  resolveConfig,
  selfMaskOf,
  windowsOf,
} from "@trivium/model";
import { countSpecs } from "@trivium/tensor";

/** Tokens before the one of which the work is counted. */
const BEFORE = 128;
/** Positions of a drawn mask that a prefix has. */
const DRAWN_PREFIX = 3;

/** A mask of a model, with the stream of its queries. */
export interface NamedMask {
  readonly stream: string;
  readonly kind: "self" | "cross";
  /** Keys that a layer with this mask sees before each query. */
  readonly window?: number | undefined;
  readonly mask: Mask;
}

/** The numbers that say what adapters are. */
function adapterFacts({ specs }: OpenedModel["model"], { name, rank, alpha, targets }: OpenedAdapter) {
  const parameters = countSpecs(loraSpecs(specs, { rank, alpha, targets }));
  return { name, rank, alpha, matrices: targets.length, parameters };
}

/** The numbers and names that say what a model is. */
export function modelFacts({ name, model, tokenizer, objective, step, length, engine, adapter }: OpenedModel) {
  const { architecture } = model;
  const config = resolveConfig(architecture, model.config);
  const parameters = countSpecs(model.specs);
  const target = architecture.streams.at(-1) as string;
  const layers = typeof config.layers === "number" ? config.layers : (config.layers[target] ?? 0);
  const { heads, keyValueHeads, headWidth, width, feedForward, vocabulary } = config;
  return {
    name,
    architecture: architecture.name,
    streams: architecture.streams,
    objective: objective.name,
    steps: step,
    parameters,
    adapter: adapter && adapterFacts(model, adapter),
    vocabulary,
    tokenizer: { name: nameOf(tokenizer.toJson()), size: tokenizer.size },
    length,
    width,
    feedForward,
    layers: config.layers,
    heads,
    keyValueHeads,
    headWidth,
    positions: config.positions.kind,
    flopsPerToken: flopsOfToken(architecture, model.config, target),
    readBytesPerToken: readBytes(model, target),
    keptBytesPerToken: 2 * layers * keyValueHeads * headWidth * 4,
    weightBytes: weightBytes(parameters),
    leastDecodingBytes: leastDecodingBytes(model),
    backend: { name: engine.backend?.name ?? null, limitBytes: engine.backend?.memory?.limitBytes ?? null },
    masks: masksOf(architecture, config).map(({ mask, ...place }) => ({ ...place, mask: printed(mask) })),
  };
}

/** A mask as text; null for one that has no text form. */
function printed(mask: Mask): string | null {
  try {
    return printMask(mask);
  } catch {
    return null;
  }
}

const nameOf = (json: ReturnType<OpenedModel["tokenizer"]["toJson"]>): string =>
  json.name === "shared" ? json.tokenizer.name : `${json.source.name} and ${json.target.name}`;

/** Floating-point operations of one more token of the predicting stream behind others. */
function flopsOfToken(architecture: Architecture, config: OpenedModel["model"]["config"], target: string): number {
  const before = Math.min(BEFORE, Math.floor(config.length / 2));
  const at = (length: number): number => {
    const lengths = Object.fromEntries(
      architecture.streams.map((stream) => [stream, stream === target ? length : before]),
    );
    return forwardFlops(architecture, config, { lengths }).total;
  };
  return at(before + 1) - at(before);
}

/** Bytes of weights that one more token of the predicting stream reads, by their type: an encoder has run already. */
function readBytes(
  { architecture: { streams }, config: { head }, specs }: OpenedModel["model"],
  target: string,
): Readonly<Record<WeightType, number>> {
  const unread = new Set(streams.filter((stream) => stream !== target));
  // A table that is not the head as well is read in one row.
  if (!head.tied) unread.add("embedding");
  return weightBytes(countSpecs(Object.fromEntries(Object.entries(specs).filter(([part]) => !unread.has(part)))));
}

/** The distinct windows of a stream's layers; undefined for layers without one. */
function windowsIn(config: ResolvedConfig, stream: string): readonly (number | undefined)[] {
  const windows = windowsOf(config, stream);
  const { window } = config.attention;
  const isWithout = windows.length === 0 || (Array.isArray(window) && window.includes(null));
  return isWithout ? [undefined, ...windows] : windows;
}

/** The masks of each stream, one for each window that its layers have, and that of cross-attention. */
export function masksOf(architecture: Architecture, config: ResolvedConfig): NamedMask[] {
  const context = { prefixLengths: DRAWN_PREFIX };
  const own = architecture.streams.flatMap((stream) =>
    windowsIn(config, stream).map((window) => {
      const mask = selfMaskOf(architecture, stream)({ ...context, window });
      return { stream, kind: "self" as const, window, mask };
    }),
  );
  const stream = architecture.streams.at(-1) as string;
  const cross = architecture.crossMask?.(context);
  return cross ? [...own, { stream, kind: "cross", mask: cross }] : own;
}
