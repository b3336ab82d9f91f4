import type { ActivationName } from "./fused/activation.ts";
import type { LinearMap } from "./fused/linear.ts";
import type { Tensor, Tensor1D, Tensor2D } from "./tf.ts";

/** Values of all rows of a program, `[R, width]` float32. */
export interface ProgramValues {
  readonly width: number;
  /** The backend's name for the memory that holds them. */
  readonly place: number;
}

/** Integers that a program reads, set anew before each run. */
export interface ProgramWords {
  /** Most integers that fit. */
  readonly capacity: number;
  /** The backend's name for the memory that holds them. */
  readonly place: number;
}

/** Layer normalisation, or without a bias that by the root mean square; see `layerNorm` and `rmsNorm`. */
export interface ProgramNorm {
  readonly gain: Tensor1D;
  readonly bias?: Tensor1D | undefined;
  readonly epsilon: number;
}

/** An affine map, and the activation of its result. */
export interface ProgramMap extends LinearMap {
  /** True if a weight that is not packed is `[F, M]`. Default false. */
  readonly transpose?: boolean | undefined;
  readonly activation?: ActivationName | undefined;
}

/** A rotation of the first channels of each head: cosines and sines `[R, D′]` of the channels that turn. */
export interface ProgramRotation {
  readonly cosine: ProgramValues;
  readonly sine: ProgramValues;
  readonly interleaved: boolean;
}

/** Attention of one query for each row over the slots of a storage; see `fusedAttention`. */
export interface ProgramAttention {
  /** `[R, H·D]`. */
  readonly query: ProgramValues;
  /** `[S, G·D]`. */
  readonly key: Tensor2D;
  /** `[S, G·D]`. */
  readonly value: Tensor2D;
  /** H. */
  readonly heads: number;
  /** Multiplier on the logits, dimensionless. */
  readonly scale: number;
  /** The words of an `AttentionPlan` with blocks of one query. */
  readonly plan: ProgramWords;
  /** True if the plan has a matrix for each head. */
  readonly planOfHeads: boolean;
  readonly bias?: ProgramBias | undefined;
}

/** A bias by distance, key position − query position. */
export interface ProgramBias {
  /** `[H, distances]`. */
  readonly values: Tensor2D;
  readonly leastDistance: number;
  /** `[R]`. */
  readonly queryPositions: ProgramWords;
  /** `[S]`. */
  readonly keyPositions: ProgramWords;
}

/**
 * A list of steps over a few rows, made once and run once for each token: without an op for each step, and without new
 * memory. Every result has the bits of the op of the same name.
 *
 * Tensors that steps name are the caller's, and have to live as long as the program does.
 */
export interface TokenProgram {
  /** Values that are set before each run, or read after it. */
  values(width: number): ProgramValues;
  /** Integers that are set before each run. */
  words(capacity: number): ProgramWords;
  /** Begins a part of the program: values of the part before the last one are lost, and its memory is used again. */
  part(): void;
  /** Normalises the last axis of `[R, heads, width / heads]`. */
  norm(x: ProgramValues, norm: ProgramNorm, heads?: number): ProgramValues;
  /** Returns `x + branch` and its norm. */
  addNorm(
    x: ProgramValues,
    branch: ProgramValues,
    norm: ProgramNorm,
  ): { readonly sum: ProgramValues; readonly normalised: ProgramValues };
  /** Applies affine maps to the same values; undefined if the backend has no step for maps of these sizes. */
  linears(x: ProgramValues, maps: readonly ProgramMap[]): ProgramValues[] | undefined;
  combine(operation: "add" | "multiply", x: ProgramValues, y: ProgramValues): ProgramValues;
  /** Turns each head of `[R, heads·D]` by the position of its row. */
  rotate(x: ProgramValues, heads: number, rotation: ProgramRotation): ProgramValues;
  /** Writes each row into a slot of a storage `[S, width]`, in place. @param slots - `[R]`. */
  write(x: ProgramValues, storage: Tensor2D, slots: ProgramWords): void;
  attend(request: ProgramAttention): ProgramValues;
  /** Sets values: those of a tensor of as many numbers. */
  set(values: ProgramValues, tensor: Tensor): void;
  /** Sets the first integers. */
  setWords(words: ProgramWords, integers: Int32Array): void;
  /**
   * Runs all steps.
   *
   * @throws {UnsupportedError} `tensor/program` if a tensor that a step names was disposed.
   */
  run(): void;
  /** Returns values as a new tensor, `[R, width]`. */
  read(values: ProgramValues): Tensor2D;
  dispose(): void;
}
