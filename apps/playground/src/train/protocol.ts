import type { NamedArrays } from "@trivium/checkpoint";
import type { HeldOutReport } from "./held-out.ts";
import type { ArmName } from "./names.ts";
import type { TrainSettings } from "./train-settings.ts";

/** A message from the page to the worker. A run ends with its worker. */
export type ToWorker =
  | {
      readonly type: "start";
      readonly settings: TrainSettings;
      readonly pairs: string;
      readonly threads: number | undefined;
    }
  /** Takes steps of every arm; `Infinity` until it is paused. */
  | { readonly type: "run"; readonly steps: number }
  | { readonly type: "pause" };

/** One step of one arm. */
export interface StepPoint {
  readonly arm: ArmName;
  readonly step: number;
  /** Nats per target token. */
  readonly loss: number;
  /** Counts since the beginning. */
  readonly targetTokens: number;
  readonly flops: number;
  /** Seconds of this arm's training alone. */
  readonly seconds: number;
}

/** A message from the worker to the page. */
export type FromWorker =
  | {
      readonly type: "ready";
      readonly parameters: Readonly<Record<ArmName, number>>;
      readonly threads: number;
      readonly build: "plain" | "relaxed";
      readonly examples: number;
      readonly heldOut: number;
      readonly vocabulary: number;
      readonly length: number;
    }
  | { readonly type: "steps"; readonly points: readonly StepPoint[] }
  | { readonly type: "held-out"; readonly arm: ArmName; readonly step: number; readonly report: HeldOutReport }
  /** The run rests; the models are those after its last step. */
  | { readonly type: "paused"; readonly step: number; readonly models: Readonly<Record<ArmName, NamedArrays>> }
  | { readonly type: "failed"; readonly message: string };
