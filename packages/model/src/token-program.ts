import type { KeyValuePages, PageReading } from "@trivium/attention";
import type { Activation, NormOptions } from "@trivium/nn";
import { feedForwardMaps } from "@trivium/nn";
import {
  type LinearMap,
  type ParameterTree,
  type ProgramAttention,
  type ProgramNorm,
  type ProgramRotation,
  type ProgramValues,
  type ProgramWords,
  type Tensor,
  type Tensor1D,
  type TokenProgram,
  tf,
} from "@trivium/tensor";
import { queryKeyNormOf, type ResolvedConfig } from "./resolve-config.ts";
import type { LayerParameters, StackParameters } from "./stack-parameters.ts";

/** The storage that an attention reads, and how: that of one mask. */
export interface ProgramReading {
  readonly storage: KeyValuePages;
  readonly reading: PageReading;
  readonly plan: ProgramWords;
}

/** The parts of a stack's program that change with each token. */
export interface ProgramInputs {
  readonly x: ProgramValues;
  readonly slots: ProgramWords;
  readonly rotation: ProgramRotation | undefined;
  readonly bias: ProgramAttention["bias"];
  /** By layer. */
  readonly selves: readonly ProgramReading[];
  readonly cross: ProgramReading | undefined;
}

interface Writing {
  readonly program: TokenProgram;
  readonly config: ResolvedConfig;
  readonly inputs: ProgramInputs;
  /** Tensors that were made for the program. */
  readonly own: Tensor[];
}

/** States of which a branch is still to be added, with the norm that follows. */
interface States {
  readonly states: ProgramValues;
  readonly branch?: ProgramValues | undefined;
}

/**
 * Writes the layers of a stack as steps of a program, the same ones in the same order as `runStack`.
 *
 * @returns the states after the last norm; undefined if the backend has no steps for matrices of these sizes.
 */
export function writeStack(writing: Writing, stack: StackParameters): ProgramValues | undefined {
  const { program, config, inputs } = writing;
  const { embeddingNorm } = stack;
  let next: States = { states: embeddingNorm ? program.norm(inputs.x, normOf(writing, embeddingNorm)) : inputs.x };
  for (const [index, layer] of stack.layers.entries()) {
    program.part();
    const apply = config.norm.placement === "pre" ? preNorm : postNorm;
    const made = apply(writing, subLayersOf(writing, layer, index), next);
    if (!made) return undefined;
    next = made;
  }
  const { states, branch } = next;
  if (stack.norm) return addNorm(writing, next, stack.norm).normalised;
  return branch ? program.combine("add", states, branch) : states;
}

interface SubLayer {
  readonly parameters: ParameterTree;
  readonly branch: (input: ProgramValues) => ProgramValues | undefined;
}

function subLayersOf(writing: Writing, layer: LayerParameters, index: number): SubLayer[] {
  const { config, inputs } = writing;
  const self: SubLayer = {
    parameters: layer.self,
    branch: (input) => attendSelf(writing, { layer: layer.self, index, input }),
  };
  const { cross } = inputs;
  const crossed = layer.cross;
  const attendCross: SubLayer[] =
    cross && crossed
      ? [{ parameters: crossed, branch: (input) => attend(writing, { layer: crossed, index, input, reading: cross }) }]
      : [];
  const feed = (input: ProgramValues) => feedForward(writing, layer.feedForward, input, config.activation);
  return [self, ...attendCross, { parameters: layer.feedForward, branch: feed }];
}

function preNorm(writing: Writing, subLayers: readonly SubLayer[], given: States): States | undefined {
  let next = given;
  for (const { parameters, branch } of subLayers) {
    const { sum, normalised } = addNorm(writing, next, parameters.norm as ParameterTree);
    const added = branch(normalised);
    if (!added) return undefined;
    next = { states: sum, branch: added };
  }
  return next;
}

function postNorm(writing: Writing, subLayers: readonly SubLayer[], given: States): States | undefined {
  let { states } = given;
  for (const { parameters, branch } of subLayers) {
    const added = branch(states);
    if (!added) return undefined;
    states = addNorm(writing, { states, branch: added }, parameters.norm as ParameterTree).normalised;
  }
  return { states };
}

function addNorm(writing: Writing, { states, branch }: States, parameters: ParameterTree) {
  const { program } = writing;
  const norm = normOf(writing, parameters);
  return branch ? program.addNorm(states, branch, norm) : { sum: states, normalised: program.norm(states, norm) };
}

interface AttentionStep {
  readonly layer: ParameterTree;
  readonly index: number;
  readonly input: ProgramValues;
}

function attendSelf(writing: Writing, { layer, index, input }: AttentionStep): ProgramValues | undefined {
  const { program, config, inputs } = writing;
  const { heads, keyValueHeads } = config;
  const reading = inputs.selves[index] as ProgramReading;
  const projected = program.linears(input, [mapOf(layer.query), mapOf(layer.key), mapOf(layer.value)]);
  if (!projected) return undefined;
  const [query, key, value] = projected as [ProgramValues, ProgramValues, ProgramValues];
  const turn = (x: ProgramValues, count: number) => (inputs.rotation ? program.rotate(x, count, inputs.rotation) : x);
  const turnedQuery = turn(normHeads(writing, query, layer.queryNorm, heads), heads);
  const turnedKey = turn(normHeads(writing, key, layer.keyNorm, keyValueHeads), keyValueHeads);
  const slots = reading.storage.slots(index);
  program.write(turnedKey, slots.key, inputs.slots);
  program.write(value, slots.value, inputs.slots);
  const attended = attendTo(writing, { query: turnedQuery, index, reading, bias: inputs.bias });
  return program.linears(attended, [mapOf(layer.output)])?.[0];
}

function attend(
  writing: Writing,
  { layer, index, input, reading }: AttentionStep & { readonly reading: ProgramReading },
): ProgramValues | undefined {
  const [query] = writing.program.linears(input, [mapOf(layer.query)]) ?? [];
  if (!query) return undefined;
  const normed = normHeads(writing, query, layer.queryNorm, writing.config.heads);
  const attended = attendTo(writing, { query: normed, index, reading, bias: undefined });
  return writing.program.linears(attended, [mapOf(layer.output)])?.[0];
}

function attendTo(
  { program, config }: Writing,
  of: { query: ProgramValues; index: number; reading: ProgramReading; bias: ProgramAttention["bias"] },
): ProgramValues {
  const { query, index, bias, reading } = of;
  const scale = config.attention.scale === "none" ? 1 : config.headWidth ** -0.5;
  const { plan, storage } = reading;
  const planOfHeads = reading.reading.plan.heads > 1;
  return program.attend({ ...storage.slots(index), query, heads: config.heads, scale, plan, planOfHeads, bias });
}

function feedForward(
  { program }: Writing,
  parameters: ParameterTree,
  input: ProgramValues,
  activation: Activation,
): ProgramValues | undefined {
  const { into, out } = feedForwardMaps(parameters, activation);
  const [activated, factor] = program.linears(input, into) ?? [];
  if (!activated) return undefined;
  const product = factor ? program.combine("multiply", activated, factor) : activated;
  return program.linears(product, [out])?.[0];
}

function normHeads(writing: Writing, x: ProgramValues, parameters: ParameterTree[string] | undefined, heads: number) {
  const options = queryKeyNormOf(writing.config);
  return options ? writing.program.norm(x, normOf(writing, parameters as ParameterTree, options), heads) : x;
}

function normOf(
  { config, own }: Writing,
  parameters: ParameterTree,
  { unitOffset = false, epsilon }: NormOptions = config.norm,
): ProgramNorm {
  const { gain, bias } = parameters as unknown as Pick<ProgramNorm, "gain" | "bias">;
  if (!unitOffset) return { gain, bias, epsilon };
  const shifted = tf.keep(tf.add(gain, 1)) as Tensor1D;
  own.push(shifted);
  return { gain: shifted, bias, epsilon };
}

const mapOf = (parameters: ParameterTree[string] | undefined): LinearMap => parameters as unknown as LinearMap;
