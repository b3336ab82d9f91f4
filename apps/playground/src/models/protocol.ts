import type { NamedArrays } from "@trivium/checkpoint";
import type { GenerateEvent } from "@trivium/generate";
import type { ArmName } from "../train/names.ts";
import type { TrainSettings } from "../train/train-settings.ts";

/** Where models come from. */
export type ModelSource =
  /** The models that stand beside the page, whose address is the base. */
  | { readonly type: "bundled"; readonly base: string }
  /** Models that were trained in the page. */
  | {
      readonly type: "trained";
      readonly settings: TrainSettings;
      readonly pairs: string;
      readonly arrays: Readonly<Record<ArmName, NamedArrays>>;
    }
  /** The files of a checkpoint. */
  | { readonly type: "files"; readonly files: readonly { readonly path: string; readonly file: File }[] };

/** A source, and the target that a model is to predict; an empty target is the model's own answer. */
export interface Asked {
  readonly source: string;
  readonly target: string;
}

/** The way in which a model looks for its answer. */
export interface DecodeSettings {
  /** The model, by its place among those that are open. */
  readonly model: number;
  readonly source: string;
  readonly strategy: "greedy" | "sample" | "beam";
  readonly beam: number;
  readonly lengthPenalty: number;
  readonly temperature: number;
  readonly seed: number;
  /** The first tokens of the answer, which are given. */
  readonly forced: readonly number[];
}

/** A message from the page to the worker. The answer to a numbered request has its number. */
export type ToModelWorker =
  | {
      readonly type: "open";
      readonly id: number;
      readonly source: ModelSource;
      readonly threads: number | undefined;
    }
  | { readonly type: "look"; readonly id: number; readonly asked: Asked }
  | { readonly type: "decode"; readonly id: number; readonly settings: DecodeSettings };

/** A model that is open, as the page shows it. */
export interface OpenedInfo {
  readonly name: string;
  readonly architecture: string;
  readonly task: "pairs" | "text";
  readonly parameters: number;
  readonly length: number;
}

/** Models that are open. */
export interface OpenedModels {
  readonly models: readonly OpenedInfo[];
  /** A text that the models can read. */
  readonly sample: string;
  readonly warnings: readonly string[];
}

/** The attention of one layer. */
export interface AttentionMap {
  readonly kind: AttentionKind;
  readonly layer: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** `[H, Q, K]`. */
  readonly weights: Float32Array;
  /** `[Q, K]`: 1 where a query may see a key, which says nothing of the weight. */
  readonly visible: Uint8Array;
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
}

/** The place of an attention in its model. A model of one stream has the decoder's alone. */
export const attentionKinds = ["decoder", "encoder", "cross"] as const;

export type AttentionKind = (typeof attentionKinds)[number];

/** A model's attention on a text. */
export interface LookedModel {
  readonly name: string;
  /** The target that it was shown, or its own answer. */
  readonly answer: string;
  readonly isOwnAnswer: boolean;
  readonly maps: readonly AttentionMap[];
  /** The number of tokens that are shown, if the text has more. */
  readonly cutTo?: number | undefined;
}

/** The cache at a step, when the step reads its logits. */
export interface CacheState {
  /** The open rows: positions that each holds, and those of its sealed prefix. */
  readonly rows: readonly { readonly length: number; readonly sealed: number }[];
  /** Positions of the source that cross-attention reads, written once; 0 without a source of its own. */
  readonly source: number;
  /** Positions of a page, free pages, and pages in all, over all layers' storages. */
  readonly pages: { readonly size: number; readonly free: number; readonly total: number };
  /** Bytes of keys and values that were moved since the beginning. */
  readonly bytesCopied: number;
}

/** A recorded answer. */
export interface DecodeTrace {
  /** The events of `generate`. */
  readonly events: readonly GenerateEvent[];
  /** The cache at each step. */
  readonly caches: readonly CacheState[];
  readonly sourceLabels: readonly string[];
  /** The tokens that stand before the answer in the stream that predicts. */
  readonly promptLabels: readonly string[];
  /** The texts of the ids that the events name. */
  readonly labels: Readonly<Record<number, string>>;
  readonly layers: number;
  /** The model's length in tokens. */
  readonly length: number;
  readonly ends: readonly number[];
}

/** A message from the worker to the page. */
export type FromModelWorker =
  | { readonly type: "opened"; readonly id: number; readonly opened: OpenedModels }
  | { readonly type: "looked"; readonly id: number; readonly models: readonly LookedModel[] }
  | { readonly type: "decoded"; readonly id: number; readonly trace: DecodeTrace }
  | { readonly type: "failed"; readonly id: number; readonly message: string };
