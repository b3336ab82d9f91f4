import { isGated } from "@trivium/nn";
import { countSpecs, type SpecTree, staysFactored } from "@trivium/tensor";
import type { Architecture } from "./architecture.ts";
import { parameterSpecs, sharedStack } from "./parameter-specs.ts";
import { schemeOf } from "./positions-config.ts";
import { isMerged, layersOf, queryKeyNormOf, type ResolvedConfig } from "./resolve-config.ts";

/** The sizes that decide the memory of a pass. */
export interface MemoryParts {
  readonly architecture: Architecture;
  readonly config: ResolvedConfig;
  /** Name of the attention kernel. */
  readonly attention: string;
}

/** Rows that run together. */
export interface BatchShape {
  readonly rows: number;
  /** The padded length of each stream, in tokens. */
  readonly lengths: Readonly<Record<string, number>>;
}

/** The float32 numbers that one part of a model holds in a pass. */
export interface Stage {
  /** Alive when it is done, in a pass without gradients. */
  readonly running: number;
  /** Alive for a moment while it runs, besides what came before. */
  readonly moment: number;
  /** Kept for the backward pass. */
  readonly kept: number;
  /** Alive at once in the backward pass, besides what is kept and the gradients of parameters. */
  readonly backward: number;
  /** Its parameters, each of which gets a gradient. */
  readonly parameters: number;
}

/** Tokens that attend and tokens that are attended to, in all rows. */
interface Attended {
  readonly queries: number;
  readonly keys: number;
  /** Of the keys, those of another stream. */
  readonly foreign: number;
  /** Keys of one row. */
  readonly rowKeys: number;
  readonly rows: number;
  /** Whether positions turn heads or add a bias. */
  readonly placed: boolean;
}

/** The parts of a stream: its embedding, its layers and its last norm. */
export function streamStages(parts: MemoryParts, { rows, lengths }: BatchShape, stream: string): Stages {
  const { architecture, config } = parts;
  const at = architecture.streams.indexOf(stream);
  const [length, before] = [lengths[stream] ?? 0, lengths[architecture.streams[at - 1] ?? ""] ?? 0];
  const [own, foreign] = [rows * length, rows * before];
  const crosses = at > 0 && architecture.crossMask !== undefined;
  const merged = crosses && isMerged(config);
  const attended = { queries: own, rows, rowKeys: length + (merged ? before : 0) };
  const self = { ...attended, keys: own + (merged ? foreign : 0), foreign: merged ? foreign : 0, placed: true };
  const cross = { ...attended, keys: foreign, foreign, rowKeys: before, placed: false };
  const specs = parameterSpecs(architecture, config) as Readonly<Record<string, Readonly<Record<string, SpecTree>>>>;
  const stack = specs[config.sharedStacks ? sharedStack : stream] as Readonly<Record<string, SpecTree>>;
  const layers = Array.from({ length: layersOf(config, stream) }, (_, layer) => {
    const { self: attention, feedForward } = (stack.layers as Record<string, Record<string, SpecTree>>)[layer]!;
    const ofCross = (specs[stream]?.cross as Record<string, SpecTree> | undefined)?.[layer];
    const subLayers = [
      subLayer(config, own, { ...attentionStage(parts, self), parameters: countSpecs(attention!) }),
      ...(crosses && !merged
        ? [subLayer(config, own, { ...attentionStage(parts, cross), parameters: countSpecs(ofCross!) })]
        : []),
      ...feedForwardStages(config, own, countSpecs(feedForward!)),
    ];
    return { subLayers, input: own * config.width + (crosses ? 2 * foreign * keyWidth(config) : 0) };
  });
  const { layers: _layers, cross: _cross, ...placed } = stack;
  return { embedding: embeddingStage(config, own, countSpecs(placed)), layers, states: own * config.width };
}

/** The parts of one stream. */
export interface Stages {
  readonly embedding: Stage;
  readonly layers: readonly LayerStages[];
  /** Numbers of the states behind each layer. */
  readonly states: number;
}

interface LayerStages {
  readonly subLayers: readonly Stage[];
  /** What goes in: the states, and keys and values of another stream. */
  readonly input: number;
}

const keyWidth = ({ keyValueHeads, headWidth }: ResolvedConfig): number => keyValueHeads * headWidth;

/** The embedding of `tokens` ids, with their positions, scale, norm and dropout. */
function embeddingStage(config: ResolvedConfig, tokens: number, placed: number): Stage {
  const { vocabulary, width, headWidth, scaleEmbeddings, embeddingNorm, dropout, head } = config;
  const scheme = schemeOf(config.positions);
  const angles = scheme.rotate ? 2 * headWidth : 0;
  const copies = 1 + (scheme.embed ? 2 : 0) + (scaleEmbeddings ? 1 : 0) + (embeddingNorm ? 1 : 0);
  const kept = tokens * (1 + angles + width * (copies + (dropout > 0 ? 1 : 0) - 1));
  const table = vocabulary * width;
  const running = tokens * (1 + angles + width * copies);
  const backward = 2 * tokens * width + (head.tied ? table : 0);
  return { running, moment: 0, kept, backward, parameters: table + placed };
}

/** What a branch adds to a stream: its sum with the states, its norm, and what these keep. */
function subLayer({ width, norm }: ResolvedConfig, tokens: number, branch: Stage): Stage {
  const states = tokens * width;
  const isPost = norm.placement === "post";
  return {
    ...branch,
    running: branch.running + 3 * states,
    moment: branch.moment && branch.moment - 2 * states,
    kept: branch.kept + (isPost ? 3 : 2.5) * states + 2 * tokens,
    backward: branch.backward + 2 * states,
  };
}

/** The maps into the feed-forward layer, the product with the gate, and the map out of it. */
function feedForwardStages(config: ResolvedConfig, tokens: number, all: number): Stage[] {
  const { feedForward, activation, width } = config;
  const hidden = tokens * feedForward;
  const gated = isGated(activation);
  const parameters = feedForward * width;
  const running = (gated ? 3 : 1) * hidden;
  const later = { running: 0, moment: 0 };
  return [
    subLayer(config, tokens, { running, moment: 0, kept: hidden, backward: 2 * hidden, parameters: all - parameters }),
    ...(gated ? [{ ...later, kept: 2 * hidden, backward: 3 * hidden, parameters: 0 }] : []),
    { ...later, kept: hidden, backward: hidden + tokens * width, parameters },
  ];
}

/** Projections, heads and kernel of one attention. */
function attentionStage(parts: MemoryParts, attended: Attended): Copies {
  const { config } = parts;
  const { width, heads, headWidth } = config;
  const { queries, keys, foreign, placed } = attended;
  const [ofQueries, ofKeys] = [queries * heads * headWidth, keys * keyWidth(config)];
  const finished = finishingOf(config, placed);
  const merged = foreign > 0 && placed;
  // Keys and values of another stream are projected from its normalised states, and joined with the own ones.
  const joined = merged ? foreign * width + 4 * ofKeys : 0;
  const kernel = kernelStage(parts, attended);
  const projected = ofQueries + 2 * ofKeys + joined;
  return {
    running: projected + ofQueries + finished.running * (ofQueries + ofKeys) + kernel.running,
    moment: kernel.moment,
    kept: projected + ofQueries + finished.kept * (ofQueries + ofKeys) + kernel.kept,
    backward: 2 * ofQueries + 2 * ofKeys + joined + finished.backward * (ofQueries + ofKeys) + kernel.backward,
  };
}

type Copies = Omit<Stage, "parameters">;

/** Copies of queries and keys that their norm and their rotation make. */
function finishingOf(config: ResolvedConfig, placed: boolean): Omit<Copies, "moment"> {
  const normed = queryKeyNormOf(config) ? 1 : 0;
  const rotates = placed && schemeOf(config.positions).rotate !== undefined;
  const { fraction = 1 } = config.positions as { fraction?: number };
  const turned = rotates ? 5 * fraction + (fraction < 1 ? 1 : 0) : 0;
  return { running: normed + turned, kept: normed + turned, backward: rotates ? 2 : 0 };
}

/** Visibility, positions and sums of the kernels that are composed of many ops, as a factor of their scores. */
const SPARE = 1.2;

/** What a kernel holds besides queries, keys, values and its output. */
function kernelStage(parts: MemoryParts, attended: Attended): Copies {
  if (parts.attention === "fused") return fusedStage(parts.config, attended);
  const { heads, headWidth, keyValueHeads, dropout, attention, positions } = parts.config;
  const { queries, keys, rows, rowKeys, placed } = attended;
  const scheme = schemeOf(positions);
  const biased = placed && scheme.bias !== undefined;
  // Heads are laid apart: of queries, keys and values, and of the output.
  const apart = 2 * queries * heads * headWidth + 2 * keys * keyWidth(parts.config);
  if (parts.attention === "blockwise") {
    const block = SPARE * rows * heads * Math.min(128, queries / rows) * Math.min(128, rowKeys);
    const output = queries * heads * (headWidth + 1);
    return {
      running: apart,
      moment: 2 * output + (biased ? 9 : 8) * block,
      kept: apart + heads * queries,
      backward: 2 * apart + (biased ? 13 : 11) * block,
    };
  }
  const scores = SPARE * queries * heads * rowKeys;
  const capped = attention.softCap === undefined ? 0 : 3;
  // T5's table is looked up for every pair.
  const added = biased ? (scheme.specs ? 3.5 : 2) : 0;
  const repeated = heads > keyValueHeads ? 2 * keys * heads * headWidth : 0;
  return {
    running: apart,
    moment: repeated + (2 + capped + 1.2 * added) * scores,
    kept: apart - queries * heads * headWidth + repeated + (1 + (dropout > 0 ? 1 : 0) + capped + added) * scores,
    backward: apart + (dropout > 0 || added > 2 ? 1 : 2) * scores,
  };
}

function fusedStage({ heads, keyValueHeads, positions, headWidth }: ResolvedConfig, attended: Attended): Copies {
  const { queries, keys, rows, rowKeys, placed } = attended;
  const statistics = heads * queries;
  const parts = Math.max(1, Math.ceil(Math.min(queries / rows / 96, 8 / (rows * keyValueHeads))));
  const sums = parts > 1 ? 2 * (parts + 1) * keys * keyValueHeads * headWidth : 0;
  const biased = placed && schemeOf(positions).bias !== undefined;
  const distances = biased ? rows * parts * heads * (queries / rows + rowKeys) : 0;
  return { running: statistics, moment: 0, kept: statistics, backward: sums + distances };
}

/** The last states of the predicting stream, its logits and the loss, by the number of its tokens. */
export function lossStage({ architecture, config }: MemoryParts, tokens: number): Stage {
  const { vocabulary, width, head } = config;
  const specs = parameterSpecs(architecture, config) as Readonly<Record<string, SpecTree>>;
  // A tied head has a gradient of its own until that of the embedding is added.
  const parameters = (specs.head ? countSpecs(specs.head) : 0) + (head.tied ? vocabulary * width : 0);
  const states = tokens * width;
  if (head.softCap === undefined && staysFactored(tokens, vocabulary)) {
    const chunk = Math.max(2 ** 21, 256 * tokens);
    const running = states + chunk + 8 * tokens;
    return { running, moment: 0, kept: states + 4 * tokens, backward: chunk + states, parameters };
  }
  const logits = tokens * vocabulary * (1 + (head.softCap === undefined ? 0 : 3) + (head.bias && head.tied ? 1 : 0));
  const running = states + logits + 4 * tokens;
  return { running, moment: 0, kept: running, backward: tokens * vocabulary + states, parameters };
}
