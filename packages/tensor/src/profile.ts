/** Matrix products that a kernel call made in one go: `C[i] = op(A[i]) · op(B[i])` for each of a batch. */
export interface ProductRecord {
  /** What multiplied: `"wasm"`, `"onednn"`. */
  readonly provider: string;
  /** Rows of C. */
  readonly m: number;
  /** Columns of C. */
  readonly n: number;
  /** The axis that is summed over. */
  readonly k: number;
  readonly batch: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** `2 · batch · m · n · k`. */
  readonly flops: number;
  /** On the clock of `performance.now()`. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** One call of a tfjs kernel by a program; kernels that it calls itself are part of it. */
export interface KernelRecord {
  /** The tfjs kernel name: `"BatchMatMul"`, `"TriviumNorm"`. */
  readonly name: string;
  /** On the clock of `performance.now()`. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Shapes by input name; a kernel of many inputs numbers them. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: readonly (readonly number[])[];
  /** Bytes of inputs and outputs, each buffer once and whole; 0 for a call that only gives a buffer another shape. */
  readonly bytes: number;
  /** Whether the backend's own kernel did the work, and not the one that it falls back on. */
  readonly accelerated: boolean;
  readonly products: readonly ProductRecord[];
  /** Bytes in tensors of this backend after the call. */
  readonly liveBytes: number;
}

/** What happened between two looks. */
export interface ProfileRecords {
  /** In the order in which they began. */
  readonly kernels: readonly KernelRecord[];
  /** The most bytes that tensors of this backend held at once. */
  readonly peakBytes: number;
}

/** A profile that is being taken. */
export interface ProfileSession {
  /** What happened since the start or the last `take`. */
  take(): ProfileRecords;
  /** Ends it; from then on the backend runs as if there had been none. Once is enough, twice does no harm. */
  stop(): void;
}
