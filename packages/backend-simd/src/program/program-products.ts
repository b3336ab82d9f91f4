import { isPacked, type ProgramMap, type ProgramValues } from "@trivium/tensor";
import type { SimdBackend } from "../backend/simd-backend.ts";
import { oneProduct } from "../gemm/gemm-request.ts";
import { factorsJob, isThin, type PackedRequest, packedJob, thinJobs } from "../gemm/thin.ts";
import { MOST_PACKED_ROWS, matrixOf } from "../kernels/fused/packed-weight.ts";
import type { Job } from "../threads/thread-pool.ts";
import type { ProgramMemory } from "./program-memory.ts";

/** Products of one program, by weights of any format. */
export class ProgramProducts {
  readonly #backend: SimdBackend;
  readonly #rows: number;
  readonly #memory: ProgramMemory;
  /** Addresses of the factors that were prepared for products by blocks, by the address of their values. */
  readonly #factors = new Map<number, number>();

  constructor(backend: SimdBackend, rows: number, memory: ProgramMemory) {
    this.#backend = backend;
    this.#rows = rows;
    this.#memory = memory;
  }

  /** Forgets prepared factors, whose memory is used again. */
  forget(): void {
    this.#factors.clear();
  }

  /** Jobs in stages, those of a stage beside one another; undefined if some map is not one of few rows. */
  linears(x: ProgramValues, maps: readonly ProgramMap[]): { stages: Job[][]; outputs: ProgramValues[] } | undefined {
    const prepared: Job[] = [];
    const lists: Job[][] = [];
    const outputs: ProgramValues[] = [];
    for (const map of maps) {
      const made = this.#jobs(x, map, prepared);
      if (!made) return undefined;
      lists.push(made.jobs);
      outputs.push(made.output);
    }
    const longest = Math.max(...lists.map(({ length }) => length));
    const stages = Array.from({ length: longest }, (_, stage) => lists.flatMap((jobs) => jobs[stage] ?? []));
    return { stages: prepared.length > 0 ? [prepared, ...stages] : stages, outputs };
  }

  #jobs(x: ProgramValues, { weight, bias, activation, transpose = false }: ProgramMap, prepared: Job[]) {
    const { data, cutting } = this.#backend;
    const addressOf = ({ dataId }: { readonly dataId: object }): number => data.get(dataId).address;
    const epilogue = activation && { activation, slope: 0 };
    const places = { a: x.place, bias: bias ? addressOf(bias) : 0 };
    if (isPacked(weight)) {
      if (this.#rows > MOST_PACKED_ROWS) return undefined;
      const words = weight.bf16 ?? weight.q8;
      const matrix = matrixOf(words.shape, addressOf(words), weight.q8 ? addressOf(weight.scales) : 0);
      const output = this.#output(matrix.n);
      const request = { ...matrix, ...places, m: this.#rows, c: output.place, epilogue };
      return { output, jobs: [packedJob(request, cutting, weight.q8 ? this.#factorsOf(request, prepared) : 0)] };
    }
    const [rows, columns] = weight.shape;
    const [k, n] = transpose ? [columns, rows] : [rows, columns];
    const sizes = { m: this.#rows, n, k, lda: k, ldb: columns, ldc: n, transposeB: transpose };
    const request = { ...oneProduct, ...sizes, ...places, b: addressOf(weight), c: 0, epilogue };
    if (!isThin(request)) return undefined;
    const output = this.#output(n);
    const jobs = thinJobs({ ...request, c: output.place }, cutting, (bytes) => this.#memory.take(bytes));
    return { output, jobs };
  }

  #output(width: number): ProgramValues {
    return { width, place: this.#memory.take(4 * this.#rows * width) };
  }

  #factorsOf(request: PackedRequest, prepared: Job[]): number {
    const known = this.#factors.get(request.a);
    if (known !== undefined) return known;
    const factors = this.#memory.take(4 * request.m * request.k);
    prepared.push(factorsJob(request, factors));
    this.#factors.set(request.a, factors);
    return factors;
  }
}
