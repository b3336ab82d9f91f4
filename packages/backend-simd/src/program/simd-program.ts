import { engine, type TensorInfo } from "@tensorflow/tfjs-core";
import { UnsupportedError } from "@trivium/core";
import {
  isPacked,
  type ProgramAttention,
  type ProgramBias,
  type ProgramMap,
  type ProgramNorm,
  type ProgramRotation,
  type ProgramValues,
  type ProgramWords,
  type Tensor,
  type Tensor2D,
  type TokenProgram,
} from "@trivium/tensor";
import type { SimdBackend } from "../backend/simd-backend.ts";
import type { NumericValues } from "../backend/tensor-data.ts";
import { type AttentionProblem, wordsOf } from "../kernels/fused/attention-problem.ts";
import { GRANULE } from "../memory/allocator.ts";
import { shareOf, type Work } from "../threads/cut-job.ts";
import { beginSteps, layOutSteps, type Step } from "../threads/step-list.ts";
import type { Job } from "../threads/thread-pool.ts";
import { binaryCodes } from "../wasm/codes.ts";
import { ProgramMemory } from "./program-memory.ts";
import { ProgramProducts } from "./program-products.ts";

/** Shares are worth so many times less than those of a job that is posted: threads meet within a list sooner. */
const WORTH = 5;
/** Bytes that are read in a nanosecond, and numbers that are computed: whether to cut depends on them. */
const [BYTES, NUMBERS] = [9, 1];

let made = 0;

/** Addresses of what a step reads and writes, and other steps write or read. */
interface Uses {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** A program of this backend: jobs of its kernels in one list, over memory of its own. */
export class SimdProgram implements TokenProgram {
  readonly #backend: SimdBackend;
  readonly #rows: number;
  readonly #memory: ProgramMemory;
  readonly #products: ProgramProducts;
  readonly #steps: Step[] = [];
  /** Addresses that steps use which may run beside one another. */
  readonly #since = { reads: new Set<number>(), writes: new Set<number>() };
  /** Memory of each thread's attention, whose heads have one width. */
  #scratch: number | undefined;
  readonly #tensors: (Tensor | undefined)[] = [];
  #written: readonly [address: number, id: number, count: number] | undefined;

  constructor(backend: SimdBackend, rows: number) {
    this.#backend = backend;
    this.#rows = rows;
    this.#memory = new ProgramMemory(backend.heap);
    this.#products = new ProgramProducts(backend, rows, this.#memory);
  }

  values(width: number): ProgramValues {
    return { width, place: this.#memory.keep(4 * this.#rows * width) };
  }

  words(capacity: number): ProgramWords {
    return { capacity, place: this.#memory.keep(4 * capacity) };
  }

  part(): void {
    this.#memory.nextPart();
    this.#products.forget();
  }

  norm(x: ProgramValues, norm: ProgramNorm, heads = 1): ProgramValues {
    return this.#norm([x.place, 0, 0], x.width, { ...norm, heads });
  }

  addNorm(x: ProgramValues, branch: ProgramValues, norm: ProgramNorm) {
    const sum = this.#take(x.width);
    const normalised = this.#norm([x.place, branch.place, sum.place], x.width, { ...norm, heads: 1 });
    return { sum, normalised };
  }

  linears(x: ProgramValues, maps: readonly ProgramMap[]): ProgramValues[] | undefined {
    for (const { weight, bias } of maps) {
      this.#tensors.push(isPacked(weight) ? (weight.bf16 ?? weight.q8) : weight, bias);
    }
    const made = this.#products.linears(x, maps);
    const uses = { reads: [x.place], writes: made?.outputs.map(({ place }) => place) ?? [] };
    for (const jobs of made?.stages ?? []) this.#add(jobs, uses);
    return made?.outputs;
  }

  combine(operation: "add" | "multiply", x: ProgramValues, y: ProgramValues): ProgramValues {
    const to = this.#take(x.width);
    const count = this.#rows * x.width;
    const code = operation === "add" ? binaryCodes.Add : binaryCodes.Multiply;
    const values = [code, x.place, 0, 1, y.place, 0, 1, to.place, count];
    const job = this.#job("binary", count, { nanoseconds: 1 / NUMBERS, granule: 16 }, values);
    this.#add([job], { reads: [x.place, y.place], writes: [to.place] });
    return to;
  }

  rotate(x: ProgramValues, heads: number, { cosine, sine, interleaved }: ProgramRotation): ProgramValues {
    const to = this.#take(x.width);
    const places = [cosine.place, sine.place, to.place];
    const values = [x.place, heads, x.width / heads, cosine.width, interleaved ? 1 : 0, ...places];
    const job = this.#job("turnHeads", this.#rows, { nanoseconds: x.width / NUMBERS, granule: 1 }, values);
    this.#add([job], { reads: [x.place], writes: [to.place] });
    return to;
  }

  write(x: ProgramValues, storage: Tensor2D, slots: ProgramWords): void {
    const to = this.#addressOf(storage);
    const values = [x.place, x.width, slots.place, to];
    const job = this.#job("writeRows", this.#rows, { nanoseconds: x.width / NUMBERS, granule: 1 }, values);
    this.#add([job], { reads: [x.place], writes: [to] });
  }

  attend({ query, key, value, heads, scale, plan, planOfHeads, bias }: ProgramAttention): ProgramValues {
    const [rows, backend] = [this.#rows, this.#backend];
    const output = this.#take(query.width);
    const width = query.width / heads;
    const [slots, all] = key.shape;
    const problem: AttentionProblem = {
      query: query.place,
      key: this.#addressOf(key),
      value: this.#addressOf(value),
      output: output.place,
      logSumExp: this.#memory.take(4 * rows * heads),
      plan: plan.place,
      heads,
      groups: all / width,
      queries: rows,
      keys: slots,
      width,
      blockQueries: 1,
      queryHead: 4 * width,
      queryRow: 4 * query.width,
      keyHead: 4 * width,
      keyRow: 4 * all,
      maskHead: planOfHeads ? 1 : 0,
      scale,
      dropoutScale: 1,
      library: backend.gemm.isForTiles(1, slots, width) ? 1 : 0,
      ...(bias && this.#biasFields(bias)),
    };
    const words = wordsOf(problem);
    const address = this.#memory.keep(words.byteLength);
    this.#view(Int32Array, address, words.length).set(words);
    const bytes = backend.wasm.attentionForwardScratchBytes(width, 1, 0);
    const scratch = Math.ceil(bytes / GRANULE) * GRANULE;
    const work = { nanoseconds: (8 * slots * width) / BYTES, granule: 1 };
    this.#scratch ??= this.#memory.keep(scratch * backend.cutting.threads);
    const values = [address, this.#scratch];
    const uses = { reads: [query.place, this.#addressOf(key), this.#addressOf(value)], writes: [output.place] };
    this.#add([{ ...this.#job("attentionForward", heads * rows, work, values), scratch }], uses);
    return output;
  }

  #biasFields({ values, leastDistance, queryPositions, keyPositions }: ProgramBias): AttentionProblem {
    const [, distances] = values.shape;
    const places = { queryPositions: queryPositions.place, keyPositions: keyPositions.place };
    return { biasKind: 2, bias: this.#addressOf(values), biasHead: 4 * distances, distances, leastDistance, ...places };
  }

  set({ place, width }: ProgramValues, { dataId }: TensorInfo): void {
    this.#view(Float32Array, place, this.#rows * width).set(this.#backend.data.get(dataId).values as NumericValues);
  }

  setWords({ place }: ProgramWords, integers: Int32Array): void {
    this.#view(Int32Array, place, integers.length).set(integers);
  }

  run(): void {
    if (this.#tensors.some((tensor) => tensor?.isDisposed))
      throw new UnsupportedError("tensor/program", "a tensor of this program was disposed; make the decoder anew");
    this.#backend.heap.settle();
    this.#written ??= this.#write();
    const [address, id, count] = this.#written;
    beginSteps(this.#backend.heap.memory, address, count);
    this.#backend.runSteps([address, id, count]);
  }

  read({ place, width }: ProgramValues): Tensor2D {
    const output = this.#backend.allocate([this.#rows, width], "float32");
    const from = this.#view(Float32Array, place, this.#rows * width);
    (this.#backend.data.get(output.dataId).values as NumericValues).set(from);
    return engine().makeTensorFromTensorInfo(output) as Tensor2D;
  }

  dispose(): void {
    this.#memory.release();
  }

  #norm(
    [x, branch, sum]: readonly [x: number, branch: number, sum: number],
    all: number,
    { gain, bias, epsilon, heads }: ProgramNorm & { readonly heads: number },
  ): ProgramValues {
    const [y, rows, width] = [this.#take(all), this.#rows * heads, all / heads];
    const parameters = [this.#addressOf(gain), bias ? this.#addressOf(bias) : 0];
    const statistics = [this.#memory.take(4 * rows), bias ? this.#memory.take(4 * rows) : 0];
    const values = [x, branch, ...parameters, sum, y.place, ...statistics, width, epsilon];
    const job = this.#job("norm", rows, { nanoseconds: width / NUMBERS, granule: 1 }, values);
    this.#add([job], { reads: [x, branch], writes: [sum, y.place] });
    return y;
  }

  /** Adds jobs that may run beside one another; they wait for the steps so far where they need one of them. */
  #add(jobs: readonly Job[], { reads, writes }: Uses): void {
    const since = this.#since;
    const waits =
      reads.some((place) => since.writes.has(place)) ||
      writes.some((place) => since.reads.has(place) || since.writes.has(place));
    if (waits) for (const places of Object.values(since)) places.clear();
    // 0 is no address.
    for (const place of reads) if (place) since.reads.add(place);
    for (const place of writes) if (place) since.writes.add(place);
    this.#steps.push(...jobs.map((job, index): Step => ({ ...job, waits: waits && index === 0 })));
  }

  #job(kernel: string, units: number, { nanoseconds, granule }: Work, values: readonly number[]): Job {
    const share = shareOf(units, { nanoseconds: WORTH * nanoseconds, granule }, this.#backend.cutting);
    return { kernel, units, share, scratch: 0, values };
  }

  #take(width: number): ProgramValues {
    return { width, place: this.#memory.take(4 * this.#rows * width) };
  }

  #addressOf(tensor: Tensor): number {
    this.#tensors.push(tensor);
    return this.#backend.data.get(tensor.dataId).address;
  }

  #view<T>(Words: new (buffer: ArrayBufferLike, at: number, length: number) => T, address: number, length: number): T {
    this.#backend.heap.settle();
    return new Words(this.#backend.heap.memory.buffer, address, length);
  }

  #write(): readonly [number, number, number] {
    const list = layOutSteps(this.#steps, Object.keys(this.#backend.kernels));
    const address = this.#memory.keep(list.bytes);
    list.write(this.#backend.heap.memory, address);
    return [address, made++, this.#steps.length];
  }
}
