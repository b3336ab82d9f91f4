import type { Reason } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import { defineKind } from "@trivium/registry";
import type { Backend, Tensor2D, Tensor3D, Tensor4D } from "@trivium/tensor";
import type { PageReading } from "./page-reading.ts";

/** The logical position of each query or key: one row for all batch rows, or a row for each. −1 is padding. */
export type PositionRows = readonly (readonly number[])[];

/** A bias of distances, key position − query position, without the positions. */
export type DistanceBias =
  /** T5: `table[bucket(key position − query position), head]`. */
  | {
      readonly kind: "relative";
      /** `[buckets, H]`. */
      readonly table: Tensor2D;
      /** Whether future keys have buckets of their own; else they all fall in bucket 0. */
      readonly bidirectional: boolean;
      /** Distances from here on share the last bucket. */
      readonly maxDistance: number;
    }
  /** ALiBi: `−slope[head] · |query position − key position|`. */
  | {
      readonly kind: "alibi";
      /** `[H]`. */
      readonly slopes: readonly number[];
    };

/** The bias that is added to the scaled logits. It is a description, so that a fused kernel never builds Q×K. */
export type AttentionBias =
  /** `[B or 1, H or 1, Q, K]`, as it is. */
  | { readonly kind: "dense"; readonly values: Tensor4D }
  | (DistanceBias & { readonly queryPositions: PositionRows; readonly keyPositions: PositionRows });

/** Dropout on the attention probabilities; the seed picks the mask. */
export interface AttentionDropout {
  /** In [0, 1). */
  readonly rate: number;
  /** int32. */
  readonly seed: number;
}

export interface AttentionRequest {
  /** `[B, H, Q, D]` float32. */
  readonly query: Tensor4D;
  /** `[B, G, K, D]` float32; H is a multiple of G. */
  readonly key: Tensor4D;
  /** `[B, G, K, D]` float32. */
  readonly value: Tensor4D;
  readonly mask: Mask;
  readonly bias?: AttentionBias | undefined;
  /** Multiplier on the logits, dimensionless. Default `1/√D`. */
  readonly scale?: number | undefined;
  /** c of `c · tanh(logit / c)`, taken of the scaled logits before the bias and the mask (Gemma 2). Default: none. */
  readonly softCap?: number | undefined;
  readonly dropout?: AttentionDropout | undefined;
}

/** A request with the heads side by side, as projections leave them. */
export interface ProjectedAttentionRequest extends Omit<AttentionRequest, "query" | "key" | "value"> {
  /** `[B, Q, H·D]`. */
  readonly query: Tensor3D;
  /** `[B, K, G·D]`, or `[B, G, K, D]` as caches hold them. */
  readonly key: Tensor3D | Tensor4D;
  /** Of the shape of `key`. */
  readonly value: Tensor3D | Tensor4D;
  /** H. */
  readonly heads: number;
}

/** New positions of some rows, R in all, that attend to the pages of their rows. */
export interface PagedAttentionRequest extends Pick<AttentionRequest, "scale" | "softCap"> {
  /** `[1, R, H·D]`. */
  readonly query: Tensor3D;
  /** All slots of a storage, `[1, S, G·D]`. */
  readonly key: Tensor3D;
  /** `[1, S, G·D]`. */
  readonly value: Tensor3D;
  /** H. */
  readonly heads: number;
  /** The slots that each query reads. */
  readonly reading: PageReading;
  readonly bias?: DistanceBias | undefined;
}

/** The demands of a composition on a kernel; `supports` answers before any tensor exists. */
export interface AttentionNeeds {
  /** The backend that will run it, where it is known. */
  readonly backend?: Pick<Backend, "name" | "fused"> | undefined;
  /** The masks that will be used, drawn from the architecture with sample lengths. */
  readonly masks?: readonly Mask[] | undefined;
  readonly bias?: AttentionBias["kind"] | undefined;
  readonly softCap?: boolean | undefined;
  readonly dropout?: boolean | undefined;
  readonly groupedHeads?: boolean | undefined;
  readonly gradients?: boolean | undefined;
}

/**
 * Scaled dot-product attention over the keys that a mask shows. Rows with nothing visible are 0, never NaN, never
 * uniform. Every kernel matches `reference` in outputs and in gradients.
 */
export interface AttentionKernel {
  readonly name: string;
  /** Answers whether it can do what a composition needs, or why not. */
  supports(needs: AttentionNeeds): true | Reason;
  /** @returns `[B, H, Q, D]`. */
  attend(request: AttentionRequest): Tensor4D;
  /**
   * The same on heads side by side, for kernels that read and write them where they are; `attendProjected` is how to
   * ask, of any kernel.
   *
   * @returns `[B, Q, H·D]`.
   */
  readonly attendProjected?: (request: ProjectedAttentionRequest) => Tensor3D;
  /**
   * The same over pages of keys and values, for kernels that read them where they are; `attendPages` is how to ask, of
   * any kernel. A query's result depends on nothing but its own row.
   *
   * @returns `[1, R, H·D]`.
   */
  readonly attendPages?: (request: PagedAttentionRequest) => Tensor3D;
}

/** The kind of attention kernels: a function from options to a kernel. */
export const attentionKernel = defineKind<(options: never) => AttentionKernel>()("attention");
