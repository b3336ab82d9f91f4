import { biasByDistance, type DistanceBias, isFused, type PageReading } from "@trivium/attention";
import type { Rotation } from "@trivium/nn";
import {
  activeTraits,
  type ProgramAttention,
  type ProgramValues,
  type Tensor,
  type Tensor2D,
  type TokenProgram,
  tf,
} from "@trivium/tensor";
import type { DecoderParts, NewTokens, TokenResults } from "./decoder-parts.ts";
import { headOf } from "./embed.ts";
import { schemeOf } from "./positions-config.ts";
import { type ProgramInputs, type ProgramReading, writeStack } from "./token-program.ts";

/** New tokens, and what of the storages each layer reads. */
export interface StackTokens {
  /** Embedded tokens, `[1, R, M]`. */
  readonly x: Tensor;
  readonly tokens: NewTokens;
  /** The slots of their keys and values, as runs. */
  readonly runs: readonly number[];
  /** Of self-attention, by layer. */
  readonly selves: readonly PageReading[];
  readonly cross: PageReading | undefined;
  /** True if the states are asked for. */
  readonly keeps: boolean;
  /** True if the logits of every token are asked for. */
  readonly readsOut: boolean;
}

/** Rows of the longest program: those that the kernels of few rows take. */
export const MOST_ROWS = 8;
/** The least room of a plan, in words. */
const PLAN_WORDS = 256;

/** A program that was made for some number of rows over some memory of keys and values. */
interface MadeProgram {
  readonly program: TokenProgram;
  readonly inputs: ProgramInputs;
  readonly states: ProgramValues;
  /** Undefined where they are not asked for, or the head is no product alone. */
  readonly logits: ProgramValues | undefined;
  readonly key: string;
  /** The keys of the first layer, which are other ones once a storage has grown. */
  readonly held: readonly Tensor2D[];
  readonly own: readonly Tensor[];
}

/** The programs of a decoder's stack, one for each number of rows with logits and one without, on a backend that has programs; made anew when memory changes. */
export class StackProgram {
  readonly #parts: DecoderParts;
  /** By `placeOf`. */
  readonly #made = new Map<number, MadeProgram>();
  /** Places for which there is no program. */
  readonly #refused = new Set<number>();

  constructor(parts: DecoderParts) {
    this.#parts = parts;
  }

  /** The results of new tokens, whose keys and values are kept; undefined if op by op is the only way. */
  run(of: StackTokens): TokenResults | undefined {
    const made = this.#programFor(of);
    if (!made) return undefined;
    const { program, inputs, states, logits } = made;
    program.set(inputs.x, of.x);
    program.setWords(inputs.slots, slotsOf(of.runs, of.tokens.ids.length));
    for (const { plan, reading } of readingsOf(inputs, of)) program.setWords(plan, reading.plan.words);
    this.#setPositions(made, of);
    program.run();
    return {
      states: of.keeps || !logits ? program.read(states) : undefined,
      logits: logits && program.read(logits),
    };
  }

  dispose(): void {
    for (const place of [...this.#made.keys()]) this.#disposeOf(place);
  }

  #disposeOf(place: number): void {
    const made = this.#made.get(place);
    made?.program.dispose();
    tf.dispose([...(made?.own ?? [])]);
    this.#made.delete(place);
  }

  #programFor(of: StackTokens): MadeProgram | undefined {
    const place = placeOf(of);
    const { storages, model } = this.#parts;
    if (of.tokens.ids.length > MOST_ROWS || this.#refused.has(place) || !isFused(model.kernel)) return undefined;
    const held = storages.flatMap((storage) => storage?.slots(0).key ?? []);
    const heads = [...of.selves, of.cross].map((reading) => reading?.plan.heads);
    const key = [of.selves.map((one) => of.selves.indexOf(one)), heads].join(" ");
    const known = this.#made.get(place);
    const isSame = known?.key === key && held.every((one, at) => known.held[at] === one);
    if (isSame && readingsOf(known.inputs, of).every(({ plan, reading }) => reading.plan.words.length <= plan.capacity))
      return known;
    this.#disposeOf(place);
    const made = this.#make(of, key, held);
    if (made) this.#made.set(place, made);
    else this.#refused.add(place);
    return made;
  }

  #make(of: StackTokens, key: string, held: readonly Tensor2D[]): MadeProgram | undefined {
    const rows = of.tokens.ids.length;
    const program = activeTraits().tokenProgram?.(rows);
    if (!program) return undefined;
    const { model, stack, tree } = this.#parts;
    const { config } = model;
    const own: Tensor[] = [];
    const inputs = this.#inputs(program, of, own);
    const states = writeStack({ program, config, inputs, own }, stack);
    if (states) {
      const head = headOf(config, tree);
      const isProduct = of.readsOut && !config.scaleOutputs && head.softCap === undefined;
      const logits = isProduct ? program.linears(states, [head])?.[0] : undefined;
      return { program, inputs, states, logits, key, held, own };
    }
    program.dispose();
    tf.dispose(own);
    return undefined;
  }

  #inputs(program: TokenProgram, of: StackTokens, own: Tensor[]): ProgramInputs {
    const { model, storages, bias } = this.#parts;
    const { config } = model;
    const [storage, memory] = storages;
    const readings = new Map<PageReading, ProgramReading>();
    const selves = of.selves.map((reading) => {
      const known = readings.get(reading) ?? { storage, reading, plan: planOf(program, reading) };
      readings.set(reading, known);
      return known;
    });
    const turns = rotationOf(this.#parts, of.tokens);
    const rotation = turns && {
      cosine: program.values(turns.cosine.shape[3]),
      sine: program.values(turns.cosine.shape[3]),
      interleaved: turns.interleaved,
    };
    const rows = of.tokens.ids.length;
    return {
      x: program.values(config.width),
      slots: program.words(rows),
      rotation,
      bias: bias && biasOf(program, { bias, length: config.length, rows, slots: storage.slots(0).key.shape[0] }, own),
      selves,
      cross: of.cross && memory && { storage: memory, reading: of.cross, plan: planOf(program, of.cross) },
    };
  }

  #setPositions({ program, inputs: { rotation, bias } }: MadeProgram, of: StackTokens): void {
    const turns = rotation && rotationOf(this.#parts, of.tokens);
    if (rotation && turns) {
      program.set(rotation.cosine, turns.cosine);
      program.set(rotation.sine, turns.sine);
    }
    if (!bias) return;
    program.setWords(bias.queryPositions, of.tokens.positions);
    program.setWords(bias.keyPositions, (of.selves[0] as PageReading).slotPositions);
  }
}

/** The place of a program: by its number of rows, and whether it has logits. */
const placeOf = ({ tokens, readsOut }: StackTokens): number => 2 * tokens.ids.length + (readsOut ? 1 : 0);

/** The plans of a program, and what is read by each of them now. */
function readingsOf({ selves, cross }: ProgramInputs, of: StackTokens) {
  const read = selves.map(({ plan }, layer) => ({ plan, reading: of.selves[layer] as PageReading }));
  const distinct = read.filter(({ plan }, at) => read.findIndex((one) => one.plan === plan) === at);
  return cross && of.cross ? [...distinct, { plan: cross.plan, reading: of.cross }] : distinct;
}

/** Room for twice the words, so that a few more pages fit. */
const planOf = (program: TokenProgram, { plan }: PageReading) =>
  program.words(Math.max(PLAN_WORDS, 2 * plan.words.length));

function rotationOf({ model: { config } }: DecoderParts, { positions }: NewTokens): Rotation | undefined {
  return schemeOf(config.positions).rotate?.([Array.from(positions)], config.headWidth);
}

interface BiasSizes {
  readonly bias: DistanceBias;
  /** Most positions of a row. */
  readonly length: number;
  readonly rows: number;
  readonly slots: number;
}

/** The bias of every distance that a row of the model can have. */
function biasOf(
  program: TokenProgram,
  { bias, length, rows, slots }: BiasSizes,
  own: Tensor[],
): ProgramAttention["bias"] {
  const leastDistance = 1 - length;
  const by = tf.tidy(() => {
    const nothing = tf.tensor2d([], [0, 0], "int32");
    const distances = { leastDistance, greatestDistance: length - 1, queryPositions: nothing, keyPositions: nothing };
    return tf.keep(biasByDistance(bias, distances).values) as Tensor2D;
  });
  own.push(by);
  return { values: by, leastDistance, queryPositions: program.words(rows), keyPositions: program.words(slots) };
}

/** The slots of runs, one by one. */
function slotsOf(runs: readonly number[], count: number): Int32Array {
  const slots = new Int32Array(count);
  let next = 0;
  for (let at = 0; at < runs.length; at += 2)
    for (let slot = 0; slot < (runs[at + 1] as number); slot++) slots[next++] = (runs[at] as number) + slot;
  return slots;
}
